-- Compared as uuids, which an index can find, and each condition of a policy.
SELECT pg_get_expr(polqual, polrelid) = '(uid() = owner)' AND pg_get_expr(polwithcheck, polrelid) = '(uid() = owner)'
  FROM pg_policy WHERE polname = 'writes';
SELECT pg_get_indexdef('beginnings'::regclass) LIKE '%left"((id)::text, 8)%';
SELECT pg_typeof(id) = 'uuid'::regtype AND pg_typeof(key) = 'text'::regtype FROM keys LIMIT 1;
