SELECT to_regclass('ix_search') IS NULL;
