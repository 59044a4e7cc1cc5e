SELECT count(*) = 3 FROM jobs JOIN batches USING (batch_id, n);
SELECT current_setting('lock_timeout') = '55s';
