-- Rules of tables: on the column's own table and on another one, in every state.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE log (line text, batch_id varchar REFERENCES batches ON DELETE SET NULL);
CREATE TABLE other (n integer);
INSERT INTO batches SELECT 'batch_' || md5('b' || n), n FROM generate_series(1, 3) AS n;
CREATE RULE note AS ON INSERT TO batches DO ALSO INSERT INTO log VALUES ('new', NEW.batch_id);
CREATE RULE "No one" AS ON DELETE TO batches WHERE OLD.n = 1 DO INSTEAD NOTHING;
CREATE RULE renamed AS ON UPDATE TO batches WHERE OLD.batch_id IS DISTINCT FROM NEW.batch_id
  DO ALSO INSERT INTO log VALUES ('renamed from ' || OLD.batch_id);
CREATE RULE beside AS ON DELETE TO other DO ALSO DELETE FROM batches WHERE n = OLD.n AND batch_id IS NOT NULL;
CREATE RULE off AS ON INSERT TO batches DO INSTEAD INSERT INTO log VALUES ('off', NEW.batch_id);
CREATE RULE elsewhere AS ON UPDATE TO other DO ALSO NOTIFY somebody;
ALTER TABLE batches DISABLE RULE off, ENABLE ALWAYS RULE note;
ALTER TABLE other ENABLE REPLICA RULE beside;
COMMENT ON RULE "No one" ON batches IS 'stays';
