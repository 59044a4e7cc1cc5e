-- Marks that an index made anew would lose.
CREATE TABLE batches (batch_id varchar NOT NULL, n integer NOT NULL);
CREATE UNIQUE INDEX by_pattern ON batches (batch_id varchar_pattern_ops);
CREATE INDEX by_expression ON batches ((batch_id IS NULL), n);
ALTER TABLE batches REPLICA IDENTITY USING INDEX by_pattern;
ALTER TABLE batches CLUSTER ON by_expression;
ALTER INDEX by_expression ALTER COLUMN 1 SET STATISTICS 99;
INSERT INTO batches SELECT md5('b' || n), n FROM generate_series(1, 3) AS n;
