CREATE TABLE batches (batch_id varchar PRIMARY KEY, known boolean GENERATED ALWAYS AS (batch_id IS NOT NULL) VIRTUAL, n integer CHECK (n > 0));
INSERT INTO batches (batch_id, n) SELECT md5('b' || n), n FROM generate_series(1, 3) AS n;
