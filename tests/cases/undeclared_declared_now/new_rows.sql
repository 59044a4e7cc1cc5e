INSERT INTO jobs (batch_id) SELECT batch_id FROM batches WHERE id = 3;
INSERT INTO "Domains" SELECT 'new.example.org', batch_id FROM batches WHERE id = 3;
