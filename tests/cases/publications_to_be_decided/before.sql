-- A filter over the spelling; over uuid PostgreSQL would not take it at all.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE jobs (job_id varchar PRIMARY KEY);
INSERT INTO batches SELECT 'batch_' || md5('b' || n), n FROM generate_series(1, 3) AS n;
CREATE PUBLICATION filtered FOR TABLE batches WHERE (batch_id LIKE 'batch%'), jobs WHERE (job_id <> 'none');
