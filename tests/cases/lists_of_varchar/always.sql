SELECT pg_get_expr(indpred, indrelid) LIKE '%(ARRAY[''new''::character varying, ''late''::character varying])::text[]%' FROM pg_index WHERE indexrelid = 'waiting'::regclass;
SELECT count(*) = 7 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indisvalid AND c.relnamespace = 'public'::regnamespace;
SELECT how_many() > 0;
SELECT count(*) > 5 FROM between_two;
