-- refused 23503
INSERT INTO contacts (source_job) VALUES (gen_random_uuid());
-- refused 23505
INSERT INTO jobs (job_id) VALUES (md5('j1')::uuid);
SELECT data_type = 'character varying' FROM information_schema.columns WHERE table_name = 'jobs' AND column_name = 'batch_key';
