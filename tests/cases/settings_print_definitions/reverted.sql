SELECT count(*) = 2 FROM batches;
