SELECT pg_get_constraintdef(oid) ~ 'REFERENCES batch_jobs\(batch_id\) ON UPDATE CASCADE ON DELETE SET NULL' FROM pg_constraint WHERE conname = 'fk_batch';
