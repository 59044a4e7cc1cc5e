SELECT count(*) = 7 FROM pg_attribute WHERE attname = 'batch_id' AND atttypid = 'uuid'::regtype AND attnum > 0
   AND attrelid IN (SELECT oid FROM pg_class WHERE relkind IN ('r', 'p'));
SELECT data_type = 'character varying' FROM information_schema.columns
 WHERE table_name = 'detached' AND column_name = 'batch_id';
WITH new AS (INSERT INTO batches (made) VALUES ('2025-06-06') RETURNING batch_id) SELECT batch_id IS NOT NULL FROM new;
