SELECT how_many() = 3;
SELECT count(*) = 1 FROM states;
SELECT through() = 3;
SELECT unrelated() = 3;
