SELECT count(*) = 400 FROM batches;
