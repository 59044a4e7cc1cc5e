DELETE FROM nodes WHERE depth = 0;
SELECT count(*) = 1 FROM nodes;
