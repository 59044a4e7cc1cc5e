CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer, double integer GENERATED ALWAYS AS (n * 2) VIRTUAL);
INSERT INTO batches SELECT md5('b' || n), n FROM generate_series(1, 3) AS n;
