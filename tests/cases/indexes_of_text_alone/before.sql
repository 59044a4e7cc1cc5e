-- Operator classes and collations that uuid does not have: the index is built with uuid's own, and the way back restores it.
CREATE TABLE batches (batch_id varchar NOT NULL, other text NOT NULL, note text);
INSERT INTO batches SELECT 'batch_' || md5('b' || n), md5('o' || n), n FROM generate_series(1, 5) AS n;
CREATE INDEX by_pattern ON batches (batch_id varchar_pattern_ops DESC NULLS LAST, note COLLATE "C" DESC, other text_pattern_ops NULLS FIRST)
  INCLUDE (note) WITH (fillfactor = 40, deduplicate_items = off);
CREATE INDEX by_hash ON batches USING hash (other text_pattern_ops);
CREATE UNIQUE INDEX "By collation" ON batches (note text_pattern_ops, batch_id COLLATE "C") NULLS NOT DISTINCT WHERE note <> 'x';
CREATE INDEX by_bloom ON batches USING brin (batch_id text_minmax_ops, other);
CREATE INDEX plain ON batches (batch_id);
COMMENT ON INDEX by_pattern IS 'for LIKE';
ALTER TABLE batches CLUSTER ON by_pattern;
