SELECT count(*) = 0 FROM pg_namespace WHERE nspname = 'uuidkit';
SELECT count(*) = 3 FROM batches b JOIN jobs j USING (batch_id) WHERE batch_id = md5('b' || b.n)::uuid;
SELECT count(*) = 2 FROM information_schema.columns WHERE table_name = 'batches';
