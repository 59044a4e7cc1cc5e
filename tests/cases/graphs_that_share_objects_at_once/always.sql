SELECT count(*) = 3 FROM lines;
SELECT count(*) = 3 FROM spelled;
