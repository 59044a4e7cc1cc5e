SELECT count(*) = (SELECT count(*) FROM batches) FROM jobs j JOIN batches b USING (batch_id) WHERE j.n = 100000 + b.n;
