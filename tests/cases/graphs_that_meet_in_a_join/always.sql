SELECT count(*) = 15 FROM threads;
