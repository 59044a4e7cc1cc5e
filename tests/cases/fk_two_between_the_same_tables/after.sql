SELECT count(*) = 3 FROM pg_constraint WHERE contype = 'f' AND conrelid = 'mails'::regclass AND convalidated;
