-- The models declared these references, the database did not; looking for foreign keys alone finds none.
CREATE TABLE batch_jobs (id serial PRIMARY KEY, batch_id varchar NOT NULL UNIQUE);
CREATE TABLE jobs (id serial PRIMARY KEY, batch_id varchar);
CREATE TABLE domains (id serial PRIMARY KEY, batch_id varchar);
CREATE TABLE jobs_backup (id integer, batch_id varchar, tenant_id varchar(255));
INSERT INTO batch_jobs (batch_id) SELECT 'batch_' || md5('b' || n) FROM generate_series(1, 8) AS n;
INSERT INTO jobs (batch_id) SELECT batch_id FROM batch_jobs;
INSERT INTO domains (batch_id) SELECT batch_id FROM batch_jobs WHERE id > 4;
INSERT INTO jobs_backup SELECT id, batch_id, md5('tenant')::uuid FROM jobs;
