CREATE TABLE batches (batch_id varchar(60) PRIMARY KEY, note text);
CREATE TABLE history (batch_id text, note text, n integer);
CREATE FUNCTION copy_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history SELECT NEW.*;
    RETURN NEW;
END $$;
CREATE TRIGGER copied AFTER UPDATE OF note ON batches FOR EACH ROW EXECUTE FUNCTION copy_row();
CREATE PUBLICATION all_columns FOR TABLE batches;
INSERT INTO batches SELECT 'batch_' || md5(n::text) FROM generate_series(1, 10) AS n;
CREATE VIEW whole AS SELECT row_to_json(b) ->> 'note' AS note FROM batches AS b;
