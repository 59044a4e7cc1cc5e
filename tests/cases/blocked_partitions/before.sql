CREATE TABLE by_id (job_id varchar PRIMARY KEY, n integer) PARTITION BY HASH (job_id);
CREATE TABLE by_id_0 PARTITION OF by_id FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TABLE by_expression (run_id varchar, n integer) PARTITION BY LIST (lower(run_id));
-- Not in the key of the table itself, but in that of a partition that is partitioned again.
CREATE TABLE by_date (batch_id varchar, made date) PARTITION BY RANGE (made);
CREATE TABLE by_date_2024 PARTITION OF by_date FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')
    PARTITION BY HASH (batch_id);
CREATE TABLE by_date_2024_0 PARTITION OF by_date_2024 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO by_id VALUES (md5('b'));
INSERT INTO by_date VALUES (md5('c'), '2024-05-05');
