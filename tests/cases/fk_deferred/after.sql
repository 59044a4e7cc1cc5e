SELECT condeferrable AND condeferred FROM pg_constraint WHERE conname = 'jobs_batch_id_fkey';
SELECT condeferrable AND NOT condeferred FROM pg_constraint WHERE conname = 'other';
INSERT INTO jobs (batch_id) VALUES ('0a0a0a0a-0000-4000-8000-000000000001');
INSERT INTO batches VALUES ('0a0a0a0a-0000-4000-8000-000000000001');
SET CONSTRAINTS ALL IMMEDIATE;
-- refused 23503
INSERT INTO jobs (batch_id) VALUES ('0a0a0a0a-0000-4000-8000-000000000002');
