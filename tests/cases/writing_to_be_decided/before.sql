-- Rules and bodies that write are not tried; those that cannot be put back over uuids are told from those that can.
CREATE TABLE stock (id text PRIMARY KEY, n integer, state varchar(9) DEFAULT 'new');
INSERT INTO stock SELECT 'item_' || md5('i' || n), n FROM generate_series(1, 9) AS n;
CREATE TABLE sold (item_id text, kept uuid, n integer);
CREATE VIEW fresh AS SELECT id, n FROM stock WHERE state IN ('new', 'late');
CREATE RULE also_noted AS ON INSERT TO stock DO ALSO INSERT INTO sold (item_id, n) VALUES (new.id, 1);
CREATE RULE off AS ON DELETE TO fresh DO INSTEAD DELETE FROM stock WHERE id = old.id AND id IN (SELECT item_id FROM sold);
CREATE RULE counted AS ON UPDATE TO fresh DO INSTEAD UPDATE stock SET n = new.n WHERE id = old.id RETURNING id, n;
CREATE PROCEDURE add(item varchar, INOUT n integer) BEGIN ATOMIC
  INSERT INTO stock (id, n) VALUES (add.item, add.n);
  SELECT count(*)::integer FROM stock;
END;
CREATE FUNCTION clear(most integer) RETURNS SETOF text BEGIN ATOMIC DELETE FROM stock WHERE n < $1 RETURNING id; END;
