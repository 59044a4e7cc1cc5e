INSERT INTO jobs SELECT 100000 + n, batch_id FROM batches;
