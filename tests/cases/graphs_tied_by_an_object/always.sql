SELECT count(*) = 8 FROM everything;
SELECT count(*) = 2 FROM of_everything;
SELECT count(*) = 16 FROM known;
