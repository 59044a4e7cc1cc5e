-- From 18 on NOT NULL is a constraint, which a child may call otherwise than its parent does.
CREATE TABLE base (id varchar CONSTRAINT of_base NOT NULL, n integer);
CREATE TABLE child (n integer, id varchar CONSTRAINT of_child NOT NULL);
ALTER TABLE child INHERIT base;
CREATE TABLE grandchild () INHERITS (child);
CREATE TABLE plain () INHERITS (base);
CREATE TABLE parts (made date, id varchar CONSTRAINT of_parts NOT NULL) PARTITION BY RANGE (made);
CREATE TABLE part (id varchar CONSTRAINT of_part NOT NULL, made date);
COMMENT ON CONSTRAINT of_part ON part IS 'with a comment';
ALTER TABLE parts ATTACH PARTITION part DEFAULT;
INSERT INTO child (id) VALUES (md5('a'));
INSERT INTO grandchild (id) VALUES (md5('b'));
INSERT INTO parts (id) VALUES (md5('c'));
