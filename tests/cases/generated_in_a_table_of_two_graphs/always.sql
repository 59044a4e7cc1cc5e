SELECT count(*) = 3 FROM batches WHERE known;
