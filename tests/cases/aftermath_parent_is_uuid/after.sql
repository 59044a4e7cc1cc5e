SELECT count(*) = 6 FROM jobs JOIN batch_jobs USING (id, batch_id);
SELECT count(*) = 6 FROM domains JOIN batch_jobs USING (id, batch_id);
SELECT batch_id = '0b0b0b0b-0000-4000-8000-000000000002' FROM jobs WHERE batch_id_original = 'batch_20250412_101500';
SELECT substr(batch_id::text, 15, 1) = '8' FROM domains WHERE batch_id_original = 'orphan-1';
SELECT count(*) = 4 FROM information_schema.columns WHERE table_name = 'batch_jobs';
