-- Rows of a table get the column that keeps the texts, which the bodies of these functions do not give.
CREATE TABLE jobs (job_id varchar PRIMARY KEY, n integer);
INSERT INTO jobs SELECT md5('j' || n)::uuid, n FROM generate_series(1, 9) AS n;
CREATE FUNCTION job(integer) RETURNS SETOF jobs BEGIN ATOMIC SELECT * FROM jobs WHERE n = $1; END;
CREATE FUNCTION first_job() RETURNS jobs BEGIN ATOMIC SELECT * FROM jobs ORDER BY n LIMIT 1; END;
CREATE FUNCTION has_id(job jobs) RETURNS boolean RETURN job.job_id IS NOT NULL;
