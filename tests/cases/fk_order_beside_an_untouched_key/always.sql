DELETE FROM batches WHERE id = 1;
SELECT count(*) = 2 FROM jobs;
