CREATE TABLE batches (n integer PRIMARY KEY, batch_id text GENERATED ALWAYS AS (md5(n::text)) STORED);
INSERT INTO batches VALUES (1), (2);
