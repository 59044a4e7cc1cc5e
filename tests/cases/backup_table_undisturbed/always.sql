UPDATE batches SET note = 'copied' WHERE batch_id::text LIKE '%';
SELECT count(*) = 102 FROM history;
SELECT array_agg(attname ORDER BY attnum) = '{batch_id,note}' FROM pg_attribute
 WHERE attrelid = 'batches'::regclass AND attnum > 0 AND NOT attisdropped;
-- refused 23503
INSERT INTO jobs SELECT DISTINCT other FROM jobs WHERE other IS NOT NULL;
