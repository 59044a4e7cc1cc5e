-- The same id in two tenants is two rows, and stays so.
CREATE TABLE batches (tenant integer NOT NULL, batch_id varchar(50) NOT NULL, UNIQUE (tenant, batch_id));
INSERT INTO batches SELECT t, 'batch_' || md5('b' || n) FROM generate_series(1, 3) AS t, generate_series(1, 3) AS n;
INSERT INTO batches VALUES (4, md5('b1')), (5, md5('b1')::uuid);
