CREATE TABLE batches (n serial PRIMARY KEY, batch_id varchar);
INSERT INTO batches (batch_id) VALUES (md5('a')), (md5('a'));
\set ON_ERROR_STOP 0
CREATE UNIQUE INDEX CONCURRENTLY ix_failed ON batches (batch_id);
\set ON_ERROR_STOP 1
