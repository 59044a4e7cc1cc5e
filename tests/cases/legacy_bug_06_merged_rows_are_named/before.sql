-- Where no key holds the spellings apart they become one id, and the report says so.
CREATE TABLE log (id serial PRIMARY KEY, batch_id varchar);
INSERT INTO log (batch_id) VALUES ('batch_687d53c4111142228333944455556601'), ('sitemap_687d53c4111142228333944455556601'),
                                  ('687d53c4111142228333944455556601'), ('batch_687d53c4111142228333944455556602');
