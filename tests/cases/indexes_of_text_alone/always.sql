SELECT obj_description('by_pattern'::regclass) = 'for LIKE';
SELECT indisclustered FROM pg_index WHERE indexrelid = 'by_pattern'::regclass;
