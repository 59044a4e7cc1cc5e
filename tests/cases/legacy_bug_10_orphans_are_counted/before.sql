-- Later code wrote ids without a row in the parent: a foreign key meets orphans, and names them before anything starts.
CREATE TABLE batch_jobs (id serial PRIMARY KEY, batch_id varchar NOT NULL UNIQUE);
CREATE TABLE jobs (id serial PRIMARY KEY, batch_id varchar);
INSERT INTO batch_jobs (batch_id) SELECT md5('b' || n)::uuid FROM generate_series(1, 5) AS n;
INSERT INTO jobs (batch_id) SELECT batch_id FROM batch_jobs;
INSERT INTO jobs (batch_id) VALUES ('0b0b0b0b-0000-4000-8000-000000000001'), ('0b0b0b0b-0000-4000-8000-000000000001');
