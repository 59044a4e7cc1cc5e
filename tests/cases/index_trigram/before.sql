CREATE EXTENSION pg_trgm;
CREATE EXTENSION btree_gist;
CREATE TABLE batches (batch_id varchar NOT NULL, during int4range, EXCLUDE USING gist (batch_id WITH =, during WITH &&));
CREATE INDEX ix_search ON batches USING gin (batch_id gin_trgm_ops);
CREATE INDEX ix_near ON batches USING gist (during, batch_id gist_trgm_ops (siglen = 32));
INSERT INTO batches VALUES (md5('a'), '[1,3)');
