-- A condition over the spelling: no row would fulfil it any more.
CREATE TABLE log (line text);
CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO public.log VALUES (TG_NAME); RETURN NEW; END $$;
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
INSERT INTO batches SELECT 'batch_' || md5('b' || n), n FROM generate_series(1, 3) AS n;
CREATE TRIGGER prefixed BEFORE UPDATE ON batches FOR EACH ROW WHEN (OLD.batch_id LIKE 'batch\_%') EXECUTE FUNCTION told();
CREATE TRIGGER this_one BEFORE UPDATE ON batches FOR EACH ROW WHEN (NEW.batch_id = 'batch_' || '71a65bb6b21fc1d1d2bc7dd6ae8c5bb6')
  EXECUTE FUNCTION told();
COMMENT ON TRIGGER prefixed ON batches IS 'those of ours';
ALTER TABLE batches ENABLE ALWAYS TRIGGER prefixed;
