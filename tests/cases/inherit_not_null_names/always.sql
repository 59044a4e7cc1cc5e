SELECT count(*) = 13 FROM pg_constraint WHERE contype = 'n' AND conname LIKE 'of%';
SELECT count(*) = 2 FROM pg_constraint WHERE contype = 'n' AND conname = 'of_child';
SELECT count(*) = 9 FROM pg_constraint WHERE contype = 'n' AND conname LIKE 'of%' AND coninhcount = 1;
-- refused 23502
INSERT INTO grandchild DEFAULT VALUES;
