SELECT count(*) = 4 FROM batches JOIN jobs USING (batch_id, n);
