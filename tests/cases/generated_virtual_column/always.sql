SELECT sum(double) = 12 FROM batches;
