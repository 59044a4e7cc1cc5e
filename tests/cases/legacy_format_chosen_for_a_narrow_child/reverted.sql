SELECT batch_id = '0a0a0a0a000040008000000000000001' FROM jobs JOIN batches USING (batch_id) WHERE jobs.n = 3;
