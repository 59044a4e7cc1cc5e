SELECT count(*) = 2 FROM pg_statistic_ext WHERE stxrelid = 'events'::regclass;
