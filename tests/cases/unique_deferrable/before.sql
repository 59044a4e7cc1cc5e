CREATE TABLE slots (n integer PRIMARY KEY, holder varchar CONSTRAINT one_each UNIQUE DEFERRABLE INITIALLY DEFERRED);
INSERT INTO slots SELECT n, 'h_' || md5('s' || n) FROM generate_series(1, 4) AS n;
