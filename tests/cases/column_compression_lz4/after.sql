SELECT attcompression = 'l' FROM pg_attribute WHERE attrelid = 'batches'::regclass AND attname = 'note';
