SELECT to_regclass('dropped') IS NULL AND to_regclass('dropped_index') IS NULL AND to_regclass('of_n') IS NOT NULL;
SELECT to_regclass('left_away') IS NOT NULL;
SELECT has_table_privilege('case_reader', 'granted', 'SELECT');
SELECT obj_description('granted'::regclass) = 'seen since';
SELECT count(*) = 4 FROM filled;
SELECT pg_typeof(batch_id)::text = 'character varying' FROM granted LIMIT 1;
