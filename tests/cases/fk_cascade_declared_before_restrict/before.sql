-- Which action fires first decides whether a batch may be deleted: here its jobs go before anything restricts.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE jobs (batch_id varchar, origin_id varchar);
ALTER TABLE jobs ADD CONSTRAINT z_cascade FOREIGN KEY (batch_id) REFERENCES batches ON DELETE CASCADE;
ALTER TABLE jobs ADD CONSTRAINT a_restrict FOREIGN KEY (origin_id) REFERENCES batches ON DELETE RESTRICT;
INSERT INTO batches SELECT md5('b' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO jobs SELECT batch_id, batch_id FROM batches;
