SET LOCAL app.batch = 'd1b28f3a-0000-0000-0000-000000000000';
SET LOCAL ROLE case_tenant;
SELECT count(*) = 0 FROM batches;
SELECT set_config('app.batch', md5('b2')::uuid::text, true) IS NOT NULL;
SELECT array_agg(n) = '{2}' FROM batches;
