DROP VIEW dropped;
DROP INDEX dropped_index;
DROP POLICY dropped_policy ON batches;
GRANT SELECT ON granted TO case_reader;
COMMENT ON VIEW granted IS 'seen since';
REFRESH MATERIALIZED VIEW filled;
CREATE INDEX of_n ON batches (n DESC);
INSERT INTO batches VALUES ('0a0a0a0a-0000-4000-8000-000000000001', 4);
