SELECT pg_get_expr(adbin, adrelid) = '"new ID"(''b)::text''::text)' FROM pg_attrdef WHERE adrelid = 'pages'::regclass AND adnum = 1;
SELECT pg_get_expr(adbin, adrelid) = '"new ID"()' FROM pg_attrdef WHERE adrelid = 'lines'::regclass AND adnum = 1;
SELECT set_config('app.me', 'b2c5e0e8-0000-4000-8000-000000000001', true) <> '';
INSERT INTO pages DEFAULT VALUES;
SELECT count(*) = 1 FROM pages WHERE owner_id = 'b2c5e0e8-0000-4000-8000-000000000001';
