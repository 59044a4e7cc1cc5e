SELECT count(*) = 4 FROM spelled;
