-- 'job_' and 32 digits are as long as a uuid with hyphens; one value has no regular shape, so that shapes are told apart.
CREATE TABLE batches (batch_id varchar PRIMARY KEY);
INSERT INTO batches SELECT md5('a' || n)::uuid FROM generate_series(1, 20) AS n;
INSERT INTO batches SELECT 'job_' || md5('b' || n) FROM generate_series(1, 5) AS n;
INSERT INTO batches SELECT replace(md5('c' || n)::uuid::text, '-', '_') FROM generate_series(1, 5) AS n;
INSERT INTO batches VALUES (' ' || md5('d') || ' '), ('fee_fi_' || md5('e'));
