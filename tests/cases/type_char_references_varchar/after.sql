SELECT count(*) = 3 FROM jobs JOIN batches USING (batch_id, n);
