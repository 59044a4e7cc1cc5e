-- An access method of the server's own that has an operator class for text, and none for uuid: gone until the way back.
CREATE TABLE batches (batch_id text PRIMARY KEY);
CREATE INDEX ix_search ON batches USING spgist (batch_id) WITH (fillfactor = 60);
INSERT INTO batches VALUES (md5('a'));
COMMENT ON INDEX ix_search IS 'for beginnings';
