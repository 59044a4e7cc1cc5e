CREATE TABLE batches (batch_id varchar(60) PRIMARY KEY);
CREATE TABLE jobs (batch_id varchar(60) REFERENCES batches);
INSERT INTO batches SELECT 'batch_' || md5(n::text) FROM generate_series(1, 100) AS n;
INSERT INTO jobs SELECT 'batch_' || md5(n::text) FROM generate_series(1, 100) AS n;
