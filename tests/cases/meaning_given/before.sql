-- Definitions given by hand are judged before anything is changed, and so is what reads a view that gets one.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
INSERT INTO batches SELECT 'batch_' || md5('b' || n), n FROM generate_series(1, 40) AS n;
CREATE VIEW imported AS SELECT batch_id, n FROM batches WHERE batch_id LIKE 'batch_%';
CREATE VIEW counted AS SELECT count(*) FROM imported;
CREATE VIEW less AS SELECT n FROM batches WHERE batch_id <> 'batch_edbab45572c72a5d9440b40bcc0500c0';
CREATE VIEW summed AS SELECT sum(n) FROM less;
ALTER TABLE batches ADD CONSTRAINT never_empty CHECK (batch_id <> '');
CREATE INDEX imported_n ON batches (n) WHERE batch_id LIKE 'batch_%';
