SELECT count(*) = 185 FROM base;
SELECT count(*) = 50 FROM ONLY base;
SELECT count(*) = 3 FROM pg_constraint WHERE conname = 'present' AND coninhcount = 1 AND NOT conislocal
   AND conrelid IN ('keyed'::regclass, 'turned'::regclass, 'below_checked'::regclass);
SELECT conislocal AND coninhcount = 1 FROM pg_constraint WHERE conname = 'present' AND conrelid = 'checked'::regclass;
DELETE FROM keyed;
SELECT count(*) = 0 FROM jobs;
-- refused 23505
INSERT INTO turned SELECT * FROM ONLY turned;
