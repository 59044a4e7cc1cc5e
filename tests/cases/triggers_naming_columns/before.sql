-- Triggers that give a column's name to their function: PostgreSQL's own for search, one for every table's log, WHEN too.
CREATE TABLE docs (doc_id varchar(80) PRIMARY KEY, "Doc Id" varchar(80), title text, search tsvector);
INSERT INTO docs SELECT 'doc_' || md5('d' || n), NULL, 'title ' || n FROM generate_series(1, 6) AS n;
CREATE TABLE lines (n integer GENERATED ALWAYS AS IDENTITY, line text);
CREATE FUNCTION logged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE id text;
BEGIN
  EXECUTE format('SELECT ($1).%I::text', TG_ARGV[0]) INTO id USING NEW;
  INSERT INTO public.lines (line) VALUES (id);
  RETURN NEW;
END $$;
CREATE TRIGGER search BEFORE INSERT OR UPDATE ON docs FOR EACH ROW
  EXECUTE FUNCTION tsvector_update_trigger(search, 'pg_catalog.english', doc_id, title);
CREATE TRIGGER log AFTER INSERT ON docs FOR EACH ROW EXECUTE FUNCTION logged('doc_id', 'ä');
CREATE TRIGGER log_when AFTER UPDATE ON docs FOR EACH ROW WHEN (NEW.doc_id IS NOT NULL) EXECUTE FUNCTION logged('DOC_ID');
CREATE TRIGGER log_title AFTER INSERT ON docs FOR EACH ROW EXECUTE FUNCTION logged('title');
CREATE TRIGGER log_other AFTER INSERT ON docs FOR EACH ROW EXECUTE FUNCTION logged('Doc Id');
CREATE VIEW shown AS SELECT doc_id, title FROM docs;
CREATE TRIGGER put INSTEAD OF INSERT ON shown FOR EACH ROW EXECUTE FUNCTION logged('doc_id');
