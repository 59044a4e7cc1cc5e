CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
INSERT INTO batches VALUES (md5('a'), 1);
CREATE TRIGGER by_column BEFORE UPDATE OF batch_id ON batches FOR EACH ROW EXECUTE FUNCTION nothing();
CREATE TRIGGER by_condition BEFORE UPDATE ON batches FOR EACH ROW WHEN (OLD.batch_id LIKE 'batch%') EXECUTE FUNCTION nothing();
CREATE TRIGGER beside BEFORE UPDATE OF n ON batches FOR EACH ROW WHEN (NEW.n > 0) EXECUTE FUNCTION nothing();
