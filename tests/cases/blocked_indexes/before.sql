CREATE TABLE batches (batch_id varchar NOT NULL, note text);
INSERT INTO batches VALUES (md5('a'), 'x');
CREATE INDEX ix_partial ON batches (note) WHERE batch_id LIKE 'batch%';
CREATE INDEX ix_expression ON batches (left(batch_id, 10));
CREATE UNIQUE INDEX ix_upper ON batches (note, upper(batch_id));
CREATE INDEX ix_pattern ON batches (batch_id varchar_pattern_ops);
CREATE INDEX ix_hash_pattern ON batches USING hash (batch_id text_pattern_ops);
CREATE INDEX ix_collate ON batches (note, batch_id COLLATE "C");
CREATE INDEX ix_beside ON batches (note COLLATE "C", note text_pattern_ops, lower(note)) WHERE note <> '';
