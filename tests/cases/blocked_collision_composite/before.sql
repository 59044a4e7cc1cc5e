CREATE TABLE batches (tenant integer, batch_id varchar, note text, CONSTRAINT per_tenant UNIQUE (tenant, batch_id));
INSERT INTO batches VALUES (1, md5('a')), (1, 'batch_' || md5('a')), (2, md5('a')), (2, md5('b')), (NULL, md5('c')), (NULL, 'x_' || md5('c'));
