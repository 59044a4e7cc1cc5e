SELECT count(*) = 3 FROM batches WHERE batch_id = md5('a')::uuid;
