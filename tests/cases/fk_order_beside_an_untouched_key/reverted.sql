DELETE FROM batches WHERE id = 2;
SELECT count(*) = 2 FROM jobs;
