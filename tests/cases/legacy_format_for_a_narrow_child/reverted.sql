SELECT count(*) = 2 FROM jobs JOIN batches USING (batch_id, n);
