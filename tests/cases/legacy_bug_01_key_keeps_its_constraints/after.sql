SELECT attnotnull AND attnum = 2 FROM pg_attribute WHERE attrelid = 'batch_jobs'::regclass AND attname = 'batch_id';
SELECT count(*) = 3 FROM pg_index WHERE indrelid = 'batch_jobs'::regclass AND indisvalid;
-- refused 23505
INSERT INTO batch_jobs (batch_id) VALUES (md5('b1')::uuid);
-- refused 23502
INSERT INTO batch_jobs (batch_id) VALUES (NULL);
