SELECT count(*) = 2 FROM pg_constraint WHERE contype = 'f' AND confrelid = 'batches'::regclass AND convalidated;
SELECT count(*) = 1 FROM pg_constraint WHERE contype = 'u' AND conrelid = 'batches'::regclass;
-- refused 23503
INSERT INTO jobs (batch_id) VALUES (gen_random_uuid());
-- refused 23505
INSERT INTO batches (batch_id) SELECT batch_id FROM batches;
-- refused 23503
DELETE FROM batches WHERE id = 1;
