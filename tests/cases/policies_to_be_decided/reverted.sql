SELECT set_config('app.batch', 'batch_0a0a0a0a000040008000000000000001', true) IS NOT NULL;
SET LOCAL ROLE case_tenant;
SELECT array_agg(n) = '{6}' FROM batches;
