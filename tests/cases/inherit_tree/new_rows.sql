INSERT INTO below_checked (id) VALUES ('0a0a0a0a-0000-4000-8000-000000000001');
INSERT INTO jobs VALUES (100, md5('7')::uuid, md5('37')::uuid);
