SET LOCAL ROLE case_tenant;
SELECT array_agg(n ORDER BY n) = '{2,4}' FROM batches;
SELECT array_agg(n ORDER BY n) = '{2,4}' FROM jobs;
INSERT INTO jobs SELECT 9, batch_id FROM batches WHERE n = 2;
DELETE FROM batches;
SELECT count(*) = 2 FROM batches;
INSERT INTO batches VALUES ('0a0a0a0a-0000-4000-8000-000000000001', current_user, 6);
-- refused 42501
INSERT INTO jobs VALUES (9, '0b0b0b0b-0000-4000-8000-000000000009');
-- refused 42501
INSERT INTO batches VALUES ('0a0a0a0a-0000-4000-8000-000000000002', 'somebody', 6);
-- refused 42501
UPDATE jobs SET of_batch = NULL;
SET LOCAL ROLE "Case Other";
SELECT count(*) = 0 FROM batches;
SELECT count(*) = 0 FROM jobs;
