INSERT INTO ids (n) VALUES (100), (101);
SELECT count(DISTINCT x) = 16 FROM ids, LATERAL (VALUES (a), (b), (c), (d), (e), (f), (g), (h)) AS v (x) WHERE n >= 100 AND x IS NOT NULL;
SELECT count(*) = 8 FROM pg_attrdef WHERE adrelid = 'ids'::regclass AND pg_get_expr(adbin, adrelid) ~ 'gen_random_uuid|md5';
SELECT i IS NULL FROM ids WHERE n = 100;
