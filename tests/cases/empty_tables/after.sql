INSERT INTO batches DEFAULT VALUES;
INSERT INTO jobs (batch_id) SELECT batch_id FROM batches;
-- refused 23503
INSERT INTO jobs (batch_id) VALUES (gen_random_uuid());
