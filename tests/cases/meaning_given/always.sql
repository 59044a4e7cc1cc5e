SELECT count(*) = 40 FROM imported;
SELECT count = 40 FROM counted;
SELECT count(*) = 39 FROM less;
SELECT sum < 820 FROM summed;
