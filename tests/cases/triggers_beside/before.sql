-- Triggers of the table that do not name the column neither fire nor change.
CREATE TABLE audit (at timestamptz DEFAULT now(), what text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit (what) VALUES (TG_OP || ' ' || TG_TABLE_NAME);
    RETURN NEW;
END $$;
CREATE TABLE batches (batch_id varchar PRIMARY KEY, state text);
CREATE TRIGGER a_row AFTER INSERT OR UPDATE OR DELETE ON batches FOR EACH ROW EXECUTE FUNCTION note();
CREATE TRIGGER b_statement BEFORE UPDATE OF state ON batches FOR EACH STATEMENT EXECUTE FUNCTION note();
CREATE TRIGGER c_off AFTER INSERT ON batches FOR EACH ROW EXECUTE FUNCTION note();
ALTER TABLE batches DISABLE TRIGGER c_off;
CREATE TRIGGER d_always AFTER TRUNCATE ON batches EXECUTE FUNCTION note();
ALTER TABLE batches ENABLE ALWAYS TRIGGER d_always;
COMMENT ON TRIGGER a_row ON batches IS 'who did it';
INSERT INTO batches SELECT 'batch_' || md5('b' || n), 'new' FROM generate_series(1, 3) AS n;
