-- What is made of the spelling becomes another value.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer, short text GENERATED ALWAYS AS (left(batch_id, 8)) STORED);
INSERT INTO batches SELECT 'batch_' || md5('b' || n), n FROM generate_series(1, 3) AS n;
