CREATE EXTENSION pg_trgm;
CREATE TABLE batches (batch_id varchar PRIMARY KEY);
CREATE INDEX ix_search ON batches USING gin (batch_id gin_trgm_ops);
INSERT INTO batches VALUES (md5('a'));
