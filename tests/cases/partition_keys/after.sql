SELECT count(*) = 0 FROM pg_constraint WHERE conname LIKE 'uuidkit%';
SELECT obj_description(oid, 'pg_constraint') = 'of a partition' FROM pg_constraint WHERE conname = 'mine';
