DELETE FROM batches WHERE n = 2;
