SELECT to_regclass('dropped') IS NULL AND to_regclass('dropped_index') IS NULL AND to_regclass('of_n') IS NOT NULL;
SELECT to_regclass('left_away') IS NOT NULL;
SELECT has_table_privilege('case_reader', 'granted', 'SELECT');
SELECT obj_description('granted'::regclass) = 'seen since';
SELECT count(*) = 4 FROM filled;
SELECT pg_typeof(batch_id)::text = 'character varying' FROM granted LIMIT 1;
SELECT reloptions = '{security_invoker=true,check_option=local}' FROM pg_class WHERE oid = 'barred'::regclass;
SELECT reloptions = '{autovacuum_enabled=false}' FROM pg_class WHERE oid = 'filled'::regclass;
SELECT array_agg(reloptions::text ORDER BY oid) = '{{fillfactor=70},{fillfactor=60},{fillfactor=50}}'
  FROM (SELECT oid, reloptions FROM pg_class WHERE relname IN ('batches_pkey', 'by_null', 'by_text')) AS i;
