-- Statistics of expressions go and come; those of columns stay. Owner, target, comment.
CREATE ROLE case_statistician;
CREATE SCHEMA stats AUTHORIZATION case_statistician;
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer, m integer);
INSERT INTO batches SELECT md5('b' || n), n, n FROM generate_series(1, 3) AS n;
CREATE STATISTICS stats."By null" (dependencies, mcv) ON (batch_id IS NULL), n FROM batches;
ALTER STATISTICS stats."By null" SET STATISTICS 66;
COMMENT ON STATISTICS stats."By null" IS 'is it there';
CREATE STATISTICS single ON (coalesce(batch_id, '')) FROM batches;
CREATE STATISTICS plain (ndistinct) ON batch_id, n FROM batches;
ALTER STATISTICS plain SET STATISTICS 33;
ALTER STATISTICS plain OWNER TO case_statistician;
ALTER STATISTICS stats."By null" OWNER TO case_statistician;
CREATE STATISTICS beside ON n, m FROM batches;
