-- One job per batch, so the batches' ids are all found among the jobs' too; nothing may be declared that way round.
CREATE TABLE batches (batch_id varchar PRIMARY KEY);
CREATE TABLE jobs (n serial PRIMARY KEY, batch_id varchar REFERENCES batches);
CREATE TABLE pages (n serial PRIMARY KEY, batch_id varchar);
INSERT INTO batches SELECT 'batch_' || md5('b' || n) FROM generate_series(1, 5) AS n;
INSERT INTO jobs (batch_id) SELECT batch_id FROM batches;
INSERT INTO pages (batch_id) SELECT batch_id FROM batches;
