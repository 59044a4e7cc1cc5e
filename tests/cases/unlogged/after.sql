SELECT count(*) = 2 FROM pg_class WHERE relname IN ('batches', 'jobs') AND relpersistence = 'u';
