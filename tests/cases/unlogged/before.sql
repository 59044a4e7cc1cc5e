CREATE UNLOGGED TABLE batches (batch_id varchar PRIMARY KEY);
CREATE UNLOGGED TABLE jobs (batch_id varchar REFERENCES batches ON DELETE CASCADE);
INSERT INTO batches SELECT md5('b' || n) FROM generate_series(1, 3) AS n;
INSERT INTO jobs SELECT batch_id FROM batches;
