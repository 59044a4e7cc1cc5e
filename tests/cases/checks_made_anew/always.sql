-- refused 23514
INSERT INTO batches VALUES ('0a0a0a0a-0000-4000-8000-000000000001', NULL, 5);
-- refused 23514
INSERT INTO batches VALUES ('0a0a0a0a-0000-4000-8000-000000000001', '0a0a0a0a-0000-4000-8000-000000000001', 2);
SELECT array_agg(conname::text ORDER BY conname COLLATE "C") = '{batches_n_check,either,later,"not the same",there}'
  FROM pg_constraint WHERE conrelid = 'batches'::regclass AND contype = 'c';
SELECT NOT convalidated FROM pg_constraint WHERE conname = 'later';
