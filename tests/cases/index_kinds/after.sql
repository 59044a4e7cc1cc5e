SET enable_seqscan = off;
SELECT n = 7 FROM events WHERE event_id = md5('e7')::uuid;
SELECT count(*) = 10 FROM pg_index WHERE indrelid = 'events'::regclass AND indisvalid;
