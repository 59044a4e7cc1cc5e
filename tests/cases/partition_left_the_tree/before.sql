CREATE TABLE batches (batch_id varchar, made date) PARTITION BY RANGE (made);
CREATE TABLE b1 PARTITION OF batches FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE b2 PARTITION OF batches FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
INSERT INTO batches SELECT 'b_' || md5(n::text), date '2024-01-05' + n FROM generate_series(1, 400) AS n;
