UPDATE jobs SET batch_id = (SELECT batch_id FROM batches WHERE n = 4) WHERE n = 1;
UPDATE jobs SET batch_id = (SELECT batch_id FROM batches WHERE n = 3) WHERE n = 2;
DELETE FROM batches WHERE n = 1;
INSERT INTO batches (batch_id, n) VALUES (md5('b2')::uuid, 5);
UPDATE jobs SET batch_id = md5('b2')::uuid WHERE n = 4;
