-- A later clean-up deleted what did not match a lower-case pattern, and emptied the rest.
CREATE TABLE batch_jobs (id serial PRIMARY KEY, batch_id varchar NOT NULL UNIQUE);
CREATE TABLE jobs (id serial PRIMARY KEY, batch_id varchar);
INSERT INTO batch_jobs (batch_id) VALUES ('BATCH_687D53C4111142228333944455556601'), ('687D53C4-1111-4222-8333-944455556602'),
    ('{687d53c4-1111-4222-8333-944455556603}'), ('687d53c4_1111_4222_8333_944455556604'), ('  687d53c4111142228333944455556605');
INSERT INTO jobs (batch_id) SELECT batch_id FROM batch_jobs;
