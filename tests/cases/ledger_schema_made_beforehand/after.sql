SELECT tableowner = 'case_owner' FROM pg_tables WHERE schemaname = 'uuidkit';
