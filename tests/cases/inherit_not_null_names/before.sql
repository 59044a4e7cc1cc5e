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
-- Three levels, each with a name of its own; a root without any; a comment far below.
CREATE TABLE deep (id varchar CONSTRAINT of_deep NOT NULL, CONSTRAINT deep_pk PRIMARY KEY (id));
CREATE TABLE deeper (id varchar CONSTRAINT of_deeper NOT NULL, CONSTRAINT deeper_pk PRIMARY KEY (id)) INHERITS (deep);
CREATE TABLE deepest (id varchar CONSTRAINT of_deepest NOT NULL) INHERITS (deeper);
CREATE TABLE open (id varchar);
CREATE TABLE closed (id varchar CONSTRAINT of_closed NOT NULL) INHERITS (open);
CREATE TABLE locked (id varchar CONSTRAINT of_locked NOT NULL) INHERITS (closed);
CREATE TABLE sealed (id varchar CONSTRAINT of_sealed NOT NULL) INHERITS (locked);
CREATE TABLE sealed_too () INHERITS (sealed);
COMMENT ON CONSTRAINT of_sealed ON sealed IS 'with a comment';
INSERT INTO deepest (id) VALUES (md5('d'));
INSERT INTO open (id) VALUES (NULL);
INSERT INTO sealed_too (id) VALUES (md5('e'));
