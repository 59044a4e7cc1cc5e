SELECT count(*) = 3 FROM batches;
