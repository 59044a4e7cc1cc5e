-- Three spellings became one id without a word.
CREATE TABLE batch_jobs (id serial PRIMARY KEY, batch_id varchar NOT NULL UNIQUE);
INSERT INTO batch_jobs (batch_id) VALUES ('batch_687d53c4111142228333944455556601'), ('sitemap_687d53c4111142228333944455556601'),
                                         ('687d53c4111142228333944455556601'), ('batch_687d53c4111142228333944455556602');
