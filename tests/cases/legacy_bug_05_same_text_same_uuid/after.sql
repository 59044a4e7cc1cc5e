SELECT count(*) = 5 FROM batch_jobs JOIN jobs USING (id, batch_id) JOIN domains USING (id, batch_id);
SELECT count(*) = 0 FROM batch_jobs WHERE batch_id IS NULL;
