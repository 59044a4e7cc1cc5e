CREATE TABLE batches (batch_id varchar NOT NULL, made date NOT NULL, UNIQUE (batch_id, made)) PARTITION BY RANGE (made);
CREATE TABLE batches_2024 PARTITION OF batches FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE by_id (job_id varchar PRIMARY KEY, n integer) PARTITION BY HASH (job_id);
CREATE TABLE by_id_0 PARTITION OF by_id FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TABLE by_expression (run_id varchar, n integer) PARTITION BY LIST (lower(run_id));
INSERT INTO batches VALUES (md5('a'), '2024-05-05');
INSERT INTO by_id VALUES (md5('b'));
