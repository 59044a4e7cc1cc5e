SELECT count(*) = 4 AND count(batch_id) = 2 AND count(batch_id_original) = 2 FROM batches;
SELECT is_nullable = 'YES' FROM information_schema.columns WHERE table_name = 'batches' AND column_name = 'batch_id';
