SELECT count(*) = 3 FROM batches JOIN jobs USING (batch_id, n);
