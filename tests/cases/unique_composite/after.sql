SELECT count(*) = 5 FROM batches WHERE batch_id = md5('b1')::uuid;
-- refused 23505
INSERT INTO batches VALUES (4, md5('b1')::uuid);
