CREATE TABLE batches (batch_id text PRIMARY KEY, short text GENERATED ALWAYS AS (left(batch_id, 8)) STORED);
INSERT INTO batches VALUES (md5('a'));
