-- refused 23502
INSERT INTO jobs VALUES (NULL);
-- refused 23502
INSERT INTO batches VALUES (NULL, 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
