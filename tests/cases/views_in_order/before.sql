-- Ids in upper and in lower case sort otherwise as texts than as uuids; ids of one form sort alike.
CREATE TABLE parts (id varchar(40) PRIMARY KEY, n integer);
INSERT INTO parts SELECT CASE WHEN n % 2 = 0 THEN upper(md5('p' || n)::uuid::text) ELSE md5('p' || n)::uuid::text END, n
  FROM generate_series(1, 40) AS n;
CREATE TABLE pieces (id text PRIMARY KEY, n integer);
INSERT INTO pieces SELECT 'piece_' || md5('q' || n), n FROM generate_series(1, 40) AS n;
CREATE VIEW first_part AS SELECT min(id) AS id FROM parts;
CREATE VIEW five_parts AS SELECT id, n FROM parts ORDER BY id LIMIT 5;
CREATE VIEW parts_in_order AS SELECT id, n FROM parts ORDER BY id;
CREATE VIEW parts_by_number AS SELECT id, n FROM parts ORDER BY n;
CREATE VIEW pieces_in_order AS SELECT id, n FROM pieces ORDER BY id DESC;
