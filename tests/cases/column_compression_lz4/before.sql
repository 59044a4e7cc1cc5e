CREATE TABLE batches (batch_id text COMPRESSION lz4 PRIMARY KEY, note text COMPRESSION lz4);
INSERT INTO batches SELECT 'batch_' || md5('b' || n), repeat('n', 9000) FROM generate_series(1, 3) AS n;
