-- The printed script did not run. Here the command does, in a process of its own, on the same shape of tables.
CREATE TABLE batch_jobs (batch_id varchar PRIMARY KEY);
CREATE TABLE jobs (id serial PRIMARY KEY, batch_id varchar REFERENCES batch_jobs);
INSERT INTO batch_jobs SELECT 'batch_' || md5('b' || n) FROM generate_series(1, 3) AS n;
INSERT INTO jobs (batch_id) SELECT batch_id FROM batch_jobs;
