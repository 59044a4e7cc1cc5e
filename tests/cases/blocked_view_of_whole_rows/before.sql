-- The view names no column, yet hands out rows with the old type.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
INSERT INTO batches VALUES (md5('a'), 1);
CREATE VIEW whole AS SELECT b FROM batches b;
