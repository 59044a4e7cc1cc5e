SELECT to_regclass('ix_length') IS NULL;
SELECT pg_get_indexdef('ix_upper'::regclass) LIKE '%(note, batch_id)';
