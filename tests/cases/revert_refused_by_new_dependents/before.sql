CREATE TABLE batches (batch_id varchar PRIMARY KEY DEFAULT gen_random_uuid(), n integer);
INSERT INTO batches VALUES (md5('a'), 1);
CREATE VIEW before AS SELECT batch_id, n FROM batches;
CREATE TRIGGER unchanged BEFORE UPDATE OF batch_id ON batches FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE MATERIALIZED VIEW stored AS SELECT batch_id FROM batches;
CREATE INDEX by_null ON batches (n) WHERE batch_id IS NOT NULL;
