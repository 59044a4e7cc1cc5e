SELECT pg_get_indexdef('beginnings'::regclass) LIKE '%left"((id)::text, 8)%';
SELECT pg_typeof(id) = 'uuid'::regtype AND pg_typeof(key) = 'text'::regtype FROM keys LIMIT 1;
