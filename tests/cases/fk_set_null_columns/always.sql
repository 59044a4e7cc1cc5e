DELETE FROM batches WHERE n = 2;
SELECT count(*) = 1 FROM jobs j JOIN batches b ON b.batch_id = j.backup_id WHERE j.batch_id IS NULL AND j.tenant = 1 AND b.n = 0;
