SELECT count(*) = 6 FROM jobs JOIN batch_jobs USING (batch_id) WHERE batch_id LIKE 'batch\_%';
