-- Views that are written through: by themselves, by rules, by INSTEAD OF triggers; with comments.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE log (line text, batch_id varchar);
INSERT INTO batches SELECT md5('b' || n), n FROM generate_series(1, 3) AS n;
CREATE FUNCTION put() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO public.log VALUES (TG_OP || ' ' || TG_NAME, NEW.batch_id); RETURN NEW; END $$;
CREATE VIEW plain AS SELECT * FROM batches WHERE n > 0;
CREATE VIEW by_rules AS SELECT batch_id AS id, n FROM plain;
CREATE RULE put AS ON INSERT TO by_rules DO INSTEAD INSERT INTO batches VALUES (NEW.id, NEW.n) RETURNING batch_id, n;
CREATE RULE quiet AS ON DELETE TO by_rules DO INSTEAD NOTHING;
CREATE RULE also AS ON INSERT TO by_rules WHERE NEW.n > 5 DO ALSO
  (INSERT INTO log VALUES ('more', NEW.id); INSERT INTO log VALUES ('again', NEW.id));
COMMENT ON RULE put ON by_rules IS 'how rows are put';
CREATE VIEW by_triggers AS SELECT batch_id, upper(n::text) AS up FROM plain;
CREATE TRIGGER put INSTEAD OF INSERT OR UPDATE ON by_triggers FOR EACH ROW EXECUTE FUNCTION put();
CREATE TRIGGER off INSTEAD OF INSERT ON by_triggers FOR EACH ROW EXECUTE FUNCTION put();
CREATE TRIGGER twice INSTEAD OF INSERT ON by_triggers FOR EACH ROW EXECUTE FUNCTION put('x', 'y''z');
COMMENT ON TRIGGER put ON by_triggers IS 'puts';
CREATE TRIGGER whole AFTER UPDATE ON plain FOR EACH STATEMENT EXECUTE FUNCTION put();
