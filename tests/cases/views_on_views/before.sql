-- A tree of views over two tables: aliases, defaults, comments, options, a view of the whole row, one view met twice.
CREATE SCHEMA "Views";
CREATE TABLE jobs (job_id varchar PRIMARY KEY, state text, batch_id varchar);
CREATE TABLE runs (run_id varchar PRIMARY KEY, job_id varchar REFERENCES jobs);
INSERT INTO jobs SELECT 'job_' || md5('j' || n), CASE n % 2 WHEN 0 THEN 'done' ELSE 'new' END, 'b' || n
  FROM generate_series(1, 6) AS n;
INSERT INTO runs SELECT 'run_' || md5('r' || n), 'job_' || md5('j' || n) FROM generate_series(1, 4) AS n;
CREATE VIEW done_jobs (id, "State") WITH (security_barrier) AS SELECT job_id, state FROM jobs WHERE state = 'done'
  WITH CASCADED CHECK OPTION;
ALTER VIEW done_jobs ALTER id SET DEFAULT gen_random_uuid(), ALTER "State" SET DEFAULT 'done';
COMMENT ON VIEW done_jobs IS 'those that ''are'' done';
COMMENT ON COLUMN done_jobs."State" IS 'always done';
CREATE VIEW "Views"."Shown" WITH (security_invoker, security_barrier = false) AS SELECT * FROM done_jobs;
CREATE VIEW "Views".twice AS SELECT a.id FROM "Views"."Shown" a JOIN done_jobs b USING (id);
CREATE VIEW joined AS SELECT r.run_id, j.* FROM runs r JOIN jobs j USING (job_id);
CREATE VIEW grouped AS SELECT job_id, state, count(*) FROM jobs GROUP BY job_id;
CREATE VIEW windows AS SELECT job_id, row_number() OVER w FROM jobs WINDOW w AS (PARTITION BY state ORDER BY batch_id);
CREATE VIEW unions AS SELECT job_id FROM jobs UNION ALL SELECT job_id FROM runs UNION ALL SELECT id FROM done_jobs;
CREATE RECURSIVE VIEW ways (id, depth) AS
  SELECT job_id, 1 FROM jobs UNION SELECT r.job_id, w.depth + 1 FROM ways w JOIN runs r ON r.job_id = w.id WHERE depth < 3;
CREATE VIEW counted AS WITH n AS MATERIALIZED (SELECT job_id FROM jobs) SELECT count(DISTINCT job_id) FROM n;
CREATE VIEW states AS SELECT state FROM jobs;
CREATE VIEW local_check AS SELECT * FROM jobs WHERE batch_id <> '' WITH LOCAL CHECK OPTION;
