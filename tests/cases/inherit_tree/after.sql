WITH new AS (INSERT INTO merged DEFAULT VALUES RETURNING id)
SELECT id = '687d53c4-1111-4222-8333-944455556601' FROM new;
WITH new AS (INSERT INTO base DEFAULT VALUES RETURNING id) SELECT pg_typeof(id) = 'uuid'::regtype FROM new;
SELECT count(*) = 7 FROM pg_attribute WHERE attname = 'id_original' AND attrelid <> 'jobs'::regclass;
