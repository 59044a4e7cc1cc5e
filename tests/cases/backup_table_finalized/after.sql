SELECT count(*) = 0 FROM pg_namespace WHERE nspname = 'uuidkit';
SELECT count(*) = 100 FROM jobs JOIN batches USING (batch_id);
