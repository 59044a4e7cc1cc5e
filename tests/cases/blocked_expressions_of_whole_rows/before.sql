-- The expressions read the whole row, and with it the column.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE FUNCTION digest(batches) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT md5(''x'' || $1.n)';
CREATE FUNCTION spelled(batches) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1.batch_id LIKE ''batch%''';
INSERT INTO batches VALUES ('batch_' || md5('a'), 1);
CREATE INDEX ix_row ON batches (digest(batches));
CREATE INDEX ix_spelled ON batches (n) WHERE spelled(batches);
ALTER TABLE batches ADD CONSTRAINT whole CHECK (spelled(batches));
