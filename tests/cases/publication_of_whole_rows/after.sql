SELECT count(*) = 1 FROM pg_publication_tables WHERE tablename = 'batches';
