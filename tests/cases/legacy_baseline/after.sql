SELECT batch_id = '687d53c4-1111-4222-8333-944455556602' FROM batch_jobs WHERE id = 2;
SELECT count(DISTINCT batch_id) = 21 FROM batch_jobs;
-- The uuid in the middle is another row's.
SELECT batch_id <> '687d53c4-1111-4222-8333-944455556601' FROM batch_jobs WHERE id = 13;
SELECT count(*) = 21 FROM batch_jobs b JOIN jobs j USING (batch_id) JOIN domains d USING (batch_id)
 WHERE b.batch_id_original = j.batch_id_original AND d.batch_id_original = b.batch_id_original;
-- What was no uuid got one of version 8.
SELECT count(*) = 7 FROM batch_jobs WHERE substr(batch_id::text, 15, 1) = '8' AND substr(batch_id::text, 1, 8) <> '687d53c4';
SELECT is_nullable = 'NO' AND data_type = 'uuid' FROM information_schema.columns
 WHERE table_name = 'batch_jobs' AND column_name = 'batch_id';
SELECT data_type = 'character varying' FROM information_schema.columns
 WHERE table_name = 'jobs' AND column_name = 'tenant_id';
-- refused 23503
INSERT INTO domains (id, tenant_id, domain, batch_id)
VALUES (gen_random_uuid(), gen_random_uuid(), 'new.example.org', gen_random_uuid());
-- refused 23505
INSERT INTO batch_jobs (batch_id, tenant_id, processor_type)
VALUES ('687d53c4-1111-4222-8333-944455556601', gen_random_uuid(), 'x');
