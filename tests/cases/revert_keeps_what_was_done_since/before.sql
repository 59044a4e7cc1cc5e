-- Between the conversion and the way back: dropped, renamed, granted, commented, filled, indexed, reordered, given options.
CREATE ROLE case_reader;
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE jobs (batch_id varchar REFERENCES batches);
INSERT INTO batches SELECT 'batch_' || md5('b' || n), n FROM generate_series(1, 3) AS n;
CREATE VIEW dropped AS SELECT batch_id FROM batches;
CREATE VIEW granted AS SELECT batch_id, n FROM batches;
CREATE VIEW renamed AS SELECT batch_id FROM batches;
CREATE MATERIALIZED VIEW filled AS SELECT batch_id FROM batches WITH NO DATA;
CREATE INDEX by_null ON batches (n) WHERE batch_id IS NOT NULL;
CREATE INDEX dropped_index ON batches (n, (batch_id IS NULL));
CREATE POLICY dropped_policy ON batches USING (batch_id IS NOT NULL);
CREATE INDEX left_away ON batches USING spgist (batch_id);
CREATE VIEW barred WITH (security_barrier) AS SELECT batch_id FROM batches;
CREATE INDEX by_text ON jobs ((batch_id IS NULL));
