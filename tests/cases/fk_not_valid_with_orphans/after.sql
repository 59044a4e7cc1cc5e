SELECT NOT convalidated FROM pg_constraint WHERE conname = 'jobs_batch';
SELECT batch_id = md5('gone')::uuid FROM jobs WHERE id = 5;
-- refused 23503
INSERT INTO jobs (batch_id) VALUES (gen_random_uuid());
