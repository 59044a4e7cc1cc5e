CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE jobs (n serial PRIMARY KEY, batch_id varchar REFERENCES batches ON DELETE CASCADE);
CREATE INDEX ON jobs (batch_id);
INSERT INTO batches SELECT 'batch_' || md5('b' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO jobs (batch_id) SELECT batch_id FROM batches;
