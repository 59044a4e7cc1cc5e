SELECT relreplident = 'i' FROM pg_class WHERE oid = 'events'::regclass;
SELECT indisreplident FROM pg_index WHERE indexrelid = 'events_identity'::regclass;
SELECT indisclustered FROM pg_index WHERE indexrelid = 'events_cluster'::regclass;
SELECT indisclustered FROM pg_index WHERE indexrelid = 'own_pkey'::regclass;
