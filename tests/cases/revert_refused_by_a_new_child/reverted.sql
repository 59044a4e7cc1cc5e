SELECT count(*) = 1 FROM pages JOIN batches USING (batch_id);
