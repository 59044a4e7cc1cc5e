SELECT count(*) = 2 FROM pg_inherits WHERE inhparent = 'likes'::regclass;
SELECT indisvalid FROM pg_index WHERE indexrelid = 'likes'::regclass;
SELECT indisvalid FROM pg_index WHERE indexrelid = 'unlike'::regclass;
