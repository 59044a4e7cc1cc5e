CREATE TABLE jobs (id serial PRIMARY KEY, job_id varchar NOT NULL CONSTRAINT one_job UNIQUE, batch_key varchar UNIQUE);
CREATE TABLE contacts (id serial PRIMARY KEY, source_job varchar REFERENCES jobs (job_id) ON DELETE SET NULL);
INSERT INTO jobs (job_id) SELECT 'job_' || md5('j' || n) FROM generate_series(1, 5) AS n;
INSERT INTO contacts (source_job) SELECT job_id FROM jobs;
