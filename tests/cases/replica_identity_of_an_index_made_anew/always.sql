SELECT indisreplident FROM pg_index WHERE indexrelid = 'by_pattern'::regclass;
SELECT indisclustered FROM pg_index WHERE indexrelid = 'by_expression'::regclass;
SELECT relreplident = 'i' FROM pg_class WHERE oid = 'batches'::regclass;
