-- One table per subtype: the child's primary key is its foreign key, three levels deep.
CREATE TABLE assets (asset_id varchar(50) PRIMARY KEY, n integer);
CREATE TABLE vehicles (asset_id varchar(50) PRIMARY KEY REFERENCES assets ON DELETE CASCADE, wheels integer);
CREATE TABLE lorries (asset_id varchar(50) PRIMARY KEY REFERENCES vehicles ON DELETE CASCADE, axles integer);
INSERT INTO assets SELECT 'asset_' || md5('a' || n), n FROM generate_series(1, 5) AS n;
INSERT INTO vehicles SELECT asset_id, 4 FROM assets WHERE n <= 3;
INSERT INTO lorries SELECT asset_id, 2 FROM assets WHERE n <= 2;
