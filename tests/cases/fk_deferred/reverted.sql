SELECT count(*) = 1 FROM jobs JOIN batches USING (batch_id) WHERE batch_id = 'batch_0a0a0a0a000040008000000000000001';
