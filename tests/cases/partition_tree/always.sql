SELECT count(*) = 400 FROM batches;
SELECT count(DISTINCT batch_id) = 400 FROM batches;
SELECT NOT indisvalid FROM pg_index WHERE indexrelid = 'incomplete'::regclass;
SELECT indisvalid FROM pg_index WHERE indexrelid = 'b_key'::regclass;
SELECT count(*) = 5 FROM pg_index i JOIN pg_inherits h ON h.inhrelid = i.indexrelid WHERE indisunique;
-- refused 23505
INSERT INTO batches SELECT * FROM b2024;
-- refused 23503
INSERT INTO of_partition SELECT 1, batch_id FROM b2025;
DELETE FROM b2024 WHERE batch_id IN (SELECT batch_id FROM of_partition WHERE id < 11);
SELECT count(*) = 40 FROM of_partition;
