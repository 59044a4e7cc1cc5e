SELECT count(*) = 10 FROM batches;
