-- Expressions and predicates that mean the same over uuid: the index goes and comes with all it has, in every kind.
CREATE TABLE batches (batch_id varchar NOT NULL, n integer NOT NULL, note text);
INSERT INTO batches SELECT md5('b' || n), n, 'x' FROM generate_series(1, 5) AS n;
CREATE INDEX "Partial" ON batches (note DESC NULLS LAST) INCLUDE (n) WITH (fillfactor = 55) WHERE batch_id IS NOT NULL;
CREATE UNIQUE INDEX by_expression ON batches ((batch_id IS NULL), n, note, coalesce(note, 'none') COLLATE "C" text_pattern_ops) NULLS NOT DISTINCT;
CREATE INDEX by_hash ON batches USING hash ((batch_id IS NULL));
CREATE INDEX by_gist ON batches USING gist (point(n, n)) WHERE batch_id IS NOT NULL;
CREATE INDEX by_brin ON batches USING brin (n int4_minmax_multi_ops (values_per_range = 16)) WHERE batch_id IS NOT NULL;
CREATE INDEX by_gin ON batches USING gin (to_tsvector('simple', note)) WITH (fastupdate = off) WHERE batch_id IS NOT NULL;
ALTER INDEX by_expression ALTER COLUMN 1 SET STATISTICS 88;
ALTER TABLE batches CLUSTER ON by_expression;
COMMENT ON INDEX by_hash IS 'hashed';
ALTER TABLE batches ADD CONSTRAINT one_of_each EXCLUDE USING btree (n WITH =, (batch_id IS NULL) WITH =) WHERE (batch_id IS NOT NULL) DEFERRABLE INITIALLY DEFERRED;
COMMENT ON CONSTRAINT one_of_each ON batches IS 'no two';
COMMENT ON INDEX one_of_each IS 'its index';
