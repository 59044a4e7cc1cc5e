SELECT count(*) = 3 FROM jobs JOIN batch_jobs USING (batch_id);
