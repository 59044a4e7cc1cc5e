SELECT obj_description(oid, 'pg_constraint') ~ 'goes with its batch' FROM pg_constraint WHERE conname = 'job_batch';
SELECT col_description('jobs'::regclass, 1) = 'may be null';
SELECT col_description('jobs'::regclass, 2) ~ 'batch_id';
