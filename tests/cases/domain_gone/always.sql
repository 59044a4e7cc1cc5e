SELECT count(*) = 1 FROM batches;
