SELECT array_agg(tablename) = '{batches}' FROM pg_publication_tables;
