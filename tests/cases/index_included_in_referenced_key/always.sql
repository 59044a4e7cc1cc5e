-- refused 23001 23503
DELETE FROM batches WHERE n = 1;
DELETE FROM batches WHERE n = 2;
SELECT count(*) = 1 FROM jobs;
