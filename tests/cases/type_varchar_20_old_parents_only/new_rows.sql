INSERT INTO jobs (batch_id) SELECT batch_id FROM batches WHERE n = 2;
