-- A foreign key may refer to a plain unique index, which is no constraint and has no entry in pg_constraint.
CREATE TABLE parts (part_no text NOT NULL, kind text, id integer PRIMARY KEY);
CREATE UNIQUE INDEX parts_by_number ON parts (part_no DESC) INCLUDE (kind) WITH (fillfactor = 70);
CREATE TABLE stock (part_no text NOT NULL CONSTRAINT of_part REFERENCES parts (part_no) ON UPDATE CASCADE, n integer);
INSERT INTO parts SELECT 'p:' || md5('p' || n)::uuid, 'k', n FROM generate_series(1, 4) AS n;
INSERT INTO stock SELECT part_no, id FROM parts;
