DELETE FROM batches WHERE n = 1;
SELECT count(*) = 2 FROM jobs;
