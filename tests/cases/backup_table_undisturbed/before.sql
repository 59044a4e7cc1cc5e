-- What a new column would disturb: a trigger that copies whole rows, a publication of them, a view of them.
CREATE TABLE batches (batch_id varchar(60) PRIMARY KEY, note text);
CREATE TABLE history (batch_id varchar(60), note text);
CREATE TABLE jobs (batch_id varchar(60) NOT NULL REFERENCES batches ON DELETE CASCADE, n integer, other varchar(60));
CREATE FUNCTION copy_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history SELECT NEW.*;
    RETURN NEW;
END $$;
CREATE TRIGGER copied AFTER UPDATE OF note ON batches FOR EACH ROW EXECUTE FUNCTION copy_row();
CREATE PUBLICATION all_columns FOR TABLE batches, history;
INSERT INTO batches SELECT 'batch_' || md5(n::text) FROM generate_series(1, 100) AS n;
INSERT INTO batches VALUES ('310'), (gen_random_uuid());
INSERT INTO jobs SELECT 'batch_' || md5(n::text), n, md5((n % 7)::text) FROM generate_series(1, 100) AS n;
INSERT INTO jobs SELECT 'batch_' || md5(n::text), n + 100, NULL FROM generate_series(1, 50) AS n;
INSERT INTO jobs VALUES ('310', 999);
