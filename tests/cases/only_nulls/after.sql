SELECT count(*) = 20 AND count(batch_id) = 0 FROM jobs;
