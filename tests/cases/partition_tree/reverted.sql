SELECT batch_id = 'batch_0a0a0a0a000040008000000000000001' FROM b2030;
SELECT batch_id = 'batch_0a0a0a0a000040008000000000000002' FROM b2025 WHERE note = 'new';
SELECT count(*) = 1 FROM pg_inherits WHERE inhrelid = 'b2030_made_idx'::regclass;
SELECT indisvalid FROM pg_index WHERE indexrelid = 'with_id'::regclass;
WITH new AS (INSERT INTO batches (made) VALUES ('2030-06-06') RETURNING batch_id)
SELECT batch_id LIKE 'batch_%' FROM new;
