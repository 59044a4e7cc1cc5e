-- WHEN compares whole rows and names no column; it goes on working.
CREATE TABLE audit (what text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit VALUES (TG_OP);
    RETURN NEW;
END $$;
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TRIGGER changed AFTER UPDATE ON batches FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION note();
INSERT INTO batches SELECT md5('b' || n), n FROM generate_series(1, 3) AS n;
