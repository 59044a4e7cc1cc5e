SELECT batch_id = '310' FROM jobs ORDER BY id DESC LIMIT 1;
SELECT count(*) = 0 FROM pg_constraint WHERE contype IN ('u', 'f') AND connamespace = 'public'::regnamespace;
