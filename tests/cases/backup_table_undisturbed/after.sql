SELECT count(*) = 3 FROM pg_class WHERE relnamespace = 'uuidkit'::regnamespace AND relkind = 'r';
