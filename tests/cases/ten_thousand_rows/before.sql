CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE jobs (n integer PRIMARY KEY, batch_id varchar NOT NULL REFERENCES batches ON DELETE CASCADE);
CREATE INDEX ON jobs (batch_id);
INSERT INTO batches
SELECT CASE n % 5 WHEN 0 THEN md5('b' || n) WHEN 1 THEN md5('b' || n)::uuid::text WHEN 2 THEN 'batch_' || md5('b' || n)
                  WHEN 3 THEN upper(md5('b' || n)::uuid::text) ELSE 'batch_' || md5('b' || n)::uuid END, n
  FROM generate_series(1, 2000) AS n;
INSERT INTO jobs SELECT b.n * 5 + i, batch_id FROM batches b, generate_series(1, 5) AS i;
DELETE FROM batches WHERE n % 7 = 0;
UPDATE jobs SET batch_id = batch_id WHERE n % 11 = 0;
