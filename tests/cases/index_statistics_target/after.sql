SELECT attstattarget = 500 FROM pg_attribute WHERE attrelid = 'by_kind'::regclass AND attnum = 2;
