-- refused 23P01
DO $$ BEGIN INSERT INTO batches SELECT gen_random_uuid(), n, 'y' FROM batches; SET CONSTRAINTS ALL IMMEDIATE; END $$;
SELECT count(*) = 7 AND bool_and(indisvalid AND indisready) FROM pg_index WHERE indrelid = 'batches'::regclass;
SELECT indisclustered FROM pg_index WHERE indexrelid = 'by_expression'::regclass;
SELECT attstattarget = 88 FROM pg_attribute WHERE attrelid = 'by_expression'::regclass AND attnum = 1;
