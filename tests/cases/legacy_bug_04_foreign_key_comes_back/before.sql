-- Once, the key could not be put back: its target had lost its unique constraint.
CREATE TABLE batch_jobs (id serial PRIMARY KEY, batch_id varchar CONSTRAINT uq_batch UNIQUE);
CREATE TABLE jobs (id serial PRIMARY KEY, batch_id varchar CONSTRAINT fk_batch REFERENCES batch_jobs (batch_id) ON UPDATE CASCADE ON DELETE SET NULL);
INSERT INTO batch_jobs (batch_id) SELECT 'batch_' || md5('b' || n) FROM generate_series(1, 3) AS n;
INSERT INTO jobs (batch_id) SELECT batch_id FROM batch_jobs;
