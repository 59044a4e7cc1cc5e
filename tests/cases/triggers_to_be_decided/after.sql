UPDATE batches SET n = n;
SELECT count(*) = 0 FROM log;
