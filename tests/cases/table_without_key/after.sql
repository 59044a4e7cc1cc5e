SELECT count(DISTINCT batch_id) = 3 AND count(*) = 30 FROM log;
