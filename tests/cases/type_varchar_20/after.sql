SELECT count(*) = 2 FROM batches JOIN jobs USING (batch_id);
