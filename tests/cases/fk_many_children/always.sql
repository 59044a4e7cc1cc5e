DELETE FROM hub WHERE n = 1;
SELECT count(*) = 4 FROM spoke_20;
