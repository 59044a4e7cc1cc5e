-- The same id is written bare in one table and with a prefix in the other; nothing is declared, two rows refer to nothing.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE jobs (n serial PRIMARY KEY, batch_id varchar);
CREATE INDEX ON jobs (batch_id);
INSERT INTO batches SELECT CASE WHEN n % 2 = 0 THEN 'batch_' || md5('b' || n) ELSE md5('b' || n)::uuid::text END, n
  FROM generate_series(1, 10) AS n;
INSERT INTO jobs (batch_id) SELECT CASE WHEN n % 3 = 0 THEN batch_id ELSE 'batch_' || md5('b' || n) END FROM batches ORDER BY n;
INSERT INTO jobs (batch_id) VALUES ('batch_' || md5('lost')), (md5('gone')), (NULL);
