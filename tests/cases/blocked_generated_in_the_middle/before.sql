-- Before 17 its expression cannot be changed, and a new column would come last, without index and view.
CREATE TABLE batches (batch_id text PRIMARY KEY, known boolean GENERATED ALWAYS AS (batch_id IS NOT NULL) STORED, n integer);
CREATE TABLE jobs (job_id text PRIMARY KEY, known boolean GENERATED ALWAYS AS (job_id IS NOT NULL) STORED);
CREATE INDEX by_known ON jobs (known);
INSERT INTO batches SELECT md5('a');
INSERT INTO jobs SELECT md5('a');
