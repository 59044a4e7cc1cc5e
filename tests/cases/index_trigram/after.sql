SELECT pg_get_indexdef('ix_near'::regclass) LIKE '% USING gist (during, batch_id)';
-- refused 23P01
INSERT INTO batches VALUES (md5('a')::uuid, '[2,4)');
