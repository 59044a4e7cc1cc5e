-- The history table has as many columns as the batches had; one more breaks the trigger. The report has to say so.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE history (LIKE batches);
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history SELECT OLD.*;
    RETURN OLD;
END $$;
CREATE TRIGGER keep AFTER DELETE ON batches FOR EACH ROW EXECUTE FUNCTION keep();
INSERT INTO batches SELECT md5('b' || n), n FROM generate_series(1, 3) AS n;
