SELECT count(*) = 1 FROM pg_constraint WHERE contype = 'u' AND conrelid = 'batch_jobs'::regclass;
SELECT count(*) = 1 FROM pg_constraint WHERE contype = 'f' AND conrelid = 'jobs'::regclass AND convalidated;
SELECT count(*) = 7 FROM jobs JOIN batch_jobs USING (id, batch_id);
-- refused 23503
INSERT INTO jobs (batch_id) VALUES (gen_random_uuid());
