SELECT count(*) = 5 AND count(batch_id) = 5 AND count(DISTINCT batch_id) = 5 FROM batch_jobs;
SELECT count(*) = 5 FROM jobs JOIN batch_jobs USING (id, batch_id);
