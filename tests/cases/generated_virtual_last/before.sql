-- A virtual column's expression cannot be changed where the table has CHECKs or is published: as the last one it goes and comes.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer CHECK (n > 0), known boolean GENERATED ALWAYS AS (batch_id IS NOT NULL) VIRTUAL);
CREATE TABLE jobs (job_id varchar PRIMARY KEY, known boolean GENERATED ALWAYS AS (job_id IS NOT NULL) VIRTUAL);
CREATE PUBLICATION out FOR TABLE jobs (job_id);
INSERT INTO batches SELECT md5('b' || n), n FROM generate_series(1, 3) AS n;
COMMENT ON COLUMN batches.known IS 'is it';
