-- The second graph's backup column comes to stand after the generated column; it goes again.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, job_id text, n integer CHECK (n > 0), known boolean GENERATED ALWAYS AS (batch_id IS NOT NULL) STORED);
INSERT INTO batches (batch_id, job_id, n) SELECT md5('b' || n), md5('j' || n), n FROM generate_series(1, 3) AS n;
