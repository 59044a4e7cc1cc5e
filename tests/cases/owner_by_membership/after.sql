SELECT bool_and(tableowner = 'case_group') FROM pg_tables WHERE schemaname = 'app';
