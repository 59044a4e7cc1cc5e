-- The expression reads the whole row, and with it the column.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE FUNCTION digest(batches) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT md5($1.batch_id || $1.n)';
INSERT INTO batches VALUES (md5('a'), 1);
CREATE INDEX ix_row ON batches (digest(batches));
