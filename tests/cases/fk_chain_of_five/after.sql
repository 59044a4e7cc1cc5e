SELECT count(*) = 6 FROM pg_attribute WHERE attname = 'id' AND atttypid = 'uuid'::regtype AND attrelid IN
    ('l1'::regclass, 'l2'::regclass, 'l3'::regclass, 'l4'::regclass, 'l5'::regclass, 'l6'::regclass);
