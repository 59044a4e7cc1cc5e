INSERT INTO batch_jobs (batch_id, tenant_id, processor_type)
VALUES ('aaaaaaaa-0000-4000-8000-000000000001', 'a3b8c1d2-0001-4000-8000-000000000001', 'scan');
INSERT INTO jobs (job_id, job_type, tenant_id, status, batch_id)
VALUES ('22222222-2222-4333-8444-555555555555', 'scan', 'a', 'queued', 'aaaaaaaa-0000-4000-8000-000000000001');
-- A new child of an old parent.
INSERT INTO jobs (job_id, job_type, tenant_id, status, batch_id)
SELECT '33333333-2222-4333-8444-555555555555', 'scan', 'a', 'queued', batch_id FROM batch_jobs WHERE id = 16;
INSERT INTO domains (id, tenant_id, domain, batch_id)
SELECT '44444444-2222-4333-8444-555555555555', tenant_id, 'late.example.org', batch_id FROM batch_jobs WHERE id = 17;
