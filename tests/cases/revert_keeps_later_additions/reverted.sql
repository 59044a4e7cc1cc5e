SELECT pg_get_constraintdef(oid) = 'FOREIGN KEY (batch_id) REFERENCES batches(batch_id) ON DELETE CASCADE' FROM pg_constraint WHERE conname = 'declared_later';
SELECT count(*) = 1 FROM pg_indexes WHERE indexname = 'later';
DELETE FROM batches WHERE n = 1;
SELECT count(*) = 1 FROM jobs;
