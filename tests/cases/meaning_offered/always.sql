SELECT count(*) = 9 FROM keys WHERE key = id::text;
SELECT set_config('request.jwt.claim.sub', md5('u1')::uuid::text, true) IS NOT NULL;
SELECT pg_get_expr(polqual, polrelid) IS NOT NULL FROM pg_policy WHERE polname = 'own';
