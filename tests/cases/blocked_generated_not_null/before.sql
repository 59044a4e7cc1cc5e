CREATE TABLE batches (batch_id text PRIMARY KEY, known boolean NOT NULL GENERATED ALWAYS AS (batch_id IS NOT NULL) STORED);
INSERT INTO batches SELECT md5('a');
