-- Foreign keys between partitioned tables, to themselves and to single partitions, with names of their own.
CREATE TABLE batches (
    batch_id varchar, made date, parent varchar, parent_made date, CONSTRAINT b_pk PRIMARY KEY (batch_id, made)
) PARTITION BY RANGE (made);
CREATE TABLE b2 PARTITION OF batches FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE b1 PARTITION OF batches FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
ALTER TABLE batches ADD CONSTRAINT tree FOREIGN KEY (parent, parent_made) REFERENCES batches ON DELETE CASCADE;
CREATE TABLE b0 PARTITION OF batches FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE jobs (job_id integer, batch_id varchar, made date) PARTITION BY HASH (job_id);
CREATE TABLE j0 PARTITION OF jobs FOR VALUES WITH (MODULUS 2, REMAINDER 0);
ALTER TABLE jobs ADD CONSTRAINT of_batch FOREIGN KEY (batch_id, made) REFERENCES batches ON DELETE RESTRICT;
CREATE TABLE j1 (made date, job_id integer, batch_id varchar,
                 CONSTRAINT mine FOREIGN KEY (batch_id, made) REFERENCES batches ON DELETE RESTRICT);
ALTER TABLE jobs ATTACH PARTITION j1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE single (batch_id varchar, made date, FOREIGN KEY (batch_id, made) REFERENCES b1 ON DELETE CASCADE);
CREATE TABLE untouched (n integer PRIMARY KEY);
ALTER TABLE jobs ADD FOREIGN KEY (job_id) REFERENCES untouched;
COMMENT ON CONSTRAINT of_batch ON jobs IS 'of the root';
COMMENT ON CONSTRAINT mine ON j1 IS 'of a partition';
INSERT INTO untouched SELECT generate_series(1, 10);
INSERT INTO batches SELECT 'b_' || md5(n::text), date '2023-01-05' + 100 * n FROM generate_series(1, 10) AS n;
INSERT INTO batches SELECT 'b_' || md5('c' || n), date '2023-03-03', 'b_' || md5(n::text), date '2023-01-05' + 100 * n
  FROM generate_series(1, 10) AS n;
INSERT INTO jobs SELECT n, 'b_' || md5(n::text), date '2023-01-05' + 100 * n FROM generate_series(1, 5) AS n;
INSERT INTO single SELECT batch_id, made FROM b1;
