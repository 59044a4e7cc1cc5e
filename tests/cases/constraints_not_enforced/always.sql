SELECT bool_and(NOT conenforced) FROM pg_constraint WHERE contype IN ('c', 'f') AND conrelid IN ('batches'::regclass, 'jobs'::regclass);
