SELECT pg_typeof(batch_id) = 'uuid'::regtype FROM b1 LIMIT 1;
