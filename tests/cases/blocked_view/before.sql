CREATE TABLE jobs (job_id varchar PRIMARY KEY, state text);
INSERT INTO jobs VALUES ('687d53c4-1111-4222-8333-944455556601', 'done');
CREATE VIEW done_jobs AS SELECT job_id FROM jobs WHERE state = 'done';
CREATE VIEW "Shown" AS SELECT * FROM done_jobs;
CREATE VIEW states AS SELECT state FROM jobs;
