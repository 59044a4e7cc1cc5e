SELECT how_many() = 3;
SELECT count(*) = 1 FROM states;
