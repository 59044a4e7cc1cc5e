DELETE FROM assets WHERE n = 1;
SELECT count(*) = 1 FROM lorries;
