CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE jobs (batch_id varchar REFERENCES batches);
INSERT INTO batches VALUES (md5('a'), 1);
CREATE MATERIALIZED VIEW counted AS SELECT batch_id, count(*) FROM jobs GROUP BY batch_id;
CREATE UNIQUE INDEX ON counted (batch_id);
CREATE VIEW joined AS SELECT n FROM batches JOIN jobs USING (batch_id);
