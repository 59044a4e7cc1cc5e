SELECT count(*) = 1 FROM shown;
