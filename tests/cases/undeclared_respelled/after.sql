SELECT count(*) = 10 FROM jobs JOIN batches USING (batch_id, n);
SELECT count(*) = 0 FROM pg_constraint WHERE contype = 'f';
