CREATE TABLE batches (batch_id varchar, made date, note text) PARTITION BY RANGE (made);
CREATE TABLE b1 PARTITION OF batches FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE b2 (note text, batch_id varchar, made date);
CREATE INDEX b2_like ON b2 (batch_id varchar_pattern_ops) WITH (fillfactor=50);
ALTER TABLE batches ATTACH PARTITION b2 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX likes ON batches (batch_id varchar_pattern_ops);
CREATE INDEX unlike ON batches ((batch_id IS NULL), made);
INSERT INTO batches SELECT 'b_' || md5(n::text), date '2024-01-05' + n FROM generate_series(1, 400) AS n;
