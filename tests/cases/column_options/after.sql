SELECT attstattarget = 700 AND attoptions = '{n_distinct=-0.5}' FROM pg_attribute WHERE attrelid = 'batches'::regclass AND attname = 'batch_id';
SELECT attstattarget = 0 AND attoptions = '{n_distinct=12}' FROM pg_attribute WHERE attrelid = 'jobs'::regclass AND attname = 'batch_id';
