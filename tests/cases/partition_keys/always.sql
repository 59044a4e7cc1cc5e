-- refused 23001 23503
DELETE FROM batches WHERE made = '2023-04-15';
-- refused 23503
INSERT INTO jobs SELECT 7, batch_id, '1999-09-09' FROM b1 LIMIT 1;
SELECT count(*) = 1 FROM pg_constraint WHERE conname = 'mine' AND conrelid = 'j1'::regclass AND conparentid <> 0;
DELETE FROM jobs;
DELETE FROM batches WHERE made >= '2024-01-01';
SELECT count(*) = 3 FROM batches WHERE parent IS NOT NULL;
SELECT count(*) = 0 FROM single;
