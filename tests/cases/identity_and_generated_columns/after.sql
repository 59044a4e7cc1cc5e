SELECT count(*) = 3 AND sum(double) = 2 * sum(n) FROM batches;
INSERT INTO batches (batch_id) VALUES (gen_random_uuid());
SELECT max(id) = 130 AND max(double) = 8 FROM batches;
