-- refused 23001 23503
DELETE FROM batches WHERE n = 1;
