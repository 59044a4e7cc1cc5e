SELECT array_agg(conrelid::regclass::text ORDER BY 1) = '{jobs,pages}' FROM pg_constraint WHERE contype = 'f' AND confrelid = 'batches'::regclass;
SELECT count(*) = 2 FROM pg_constraint WHERE contype = 'f';
SELECT count(*) = 0 FROM pg_constraint WHERE contype = 'u' AND connamespace = 'public'::regnamespace;
-- A batch without a job.
INSERT INTO batches VALUES (gen_random_uuid());
