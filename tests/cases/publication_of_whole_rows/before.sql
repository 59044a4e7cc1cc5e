CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE PUBLICATION everything FOR TABLE batches;
INSERT INTO batches SELECT md5('b' || n), n FROM generate_series(1, 3) AS n;
