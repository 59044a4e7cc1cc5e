-- Once, dropping the old column took NOT NULL, UNIQUE and the index along.
CREATE TABLE batch_jobs (id serial PRIMARY KEY, batch_id varchar NOT NULL UNIQUE, status varchar);
CREATE INDEX ix_status ON batch_jobs (status, batch_id);
INSERT INTO batch_jobs (batch_id) SELECT 'batch_' || md5('b' || n) FROM generate_series(1, 5) AS n;
