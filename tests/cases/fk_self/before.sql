CREATE TABLE nodes (
    node_id varchar PRIMARY KEY,
    parent_id varchar REFERENCES nodes ON DELETE CASCADE,
    depth integer NOT NULL
);
INSERT INTO nodes VALUES ('n_' || md5('root'), NULL, 0);
INSERT INTO nodes SELECT 'n_' || md5('c' || n), 'n_' || md5('root'), 1 FROM generate_series(1, 3) AS n;
INSERT INTO nodes SELECT 'n_' || md5('g' || n), 'n_' || md5('c1'), 2 FROM generate_series(1, 3) AS n;
INSERT INTO nodes VALUES ('n_' || md5('own'), 'n_' || md5('own'), 9);
