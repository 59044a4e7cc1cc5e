SELECT count(*) = 400 FROM batches WHERE pg_typeof(batch_id) = 'uuid'::regtype;
