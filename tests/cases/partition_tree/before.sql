-- A tree with all that its tables can have of their own: order of columns, defaults, indexes, names, storage, objects.
CREATE TABLE batches (
    batch_id varchar(60) NOT NULL DEFAULT 'batch_' || gen_random_uuid(),
    made date NOT NULL,
    note text,
    CONSTRAINT b_key UNIQUE (batch_id, made),
    CONSTRAINT short CHECK (length(note) < 100)
) PARTITION BY RANGE (made);
CREATE TABLE b2024 PARTITION OF batches FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- Another text stands where the root has the id.
CREATE TABLE b2025 (note text, gone integer, made date NOT NULL, batch_id varchar(60) NOT NULL);
ALTER TABLE b2025 DROP gone;
ALTER TABLE b2025 ADD CONSTRAINT short CHECK (length(note) < 100);
ALTER TABLE b2025 ADD CONSTRAINT b2025_odd UNIQUE (batch_id, made) WITH (fillfactor=60);
ALTER TABLE batches ATTACH PARTITION b2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE rest PARTITION OF batches DEFAULT PARTITION BY RANGE (made);
CREATE TABLE rest_2027 PARTITION OF rest FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
CREATE TABLE rest_rest PARTITION OF rest DEFAULT;
CREATE TABLE detached (batch_id varchar(60), made date, note text);
CREATE INDEX b_id ON batches (batch_id);
CREATE UNIQUE INDEX b2024_own ON b2024 (batch_id);
-- On the root and one partition only.
CREATE INDEX incomplete ON ONLY batches (batch_id, note);
CREATE INDEX incomplete_2024 ON b2024 (batch_id, note) WITH (fillfactor=70);
ALTER INDEX incomplete ATTACH PARTITION incomplete_2024;
CREATE INDEX with_id ON batches (made) WHERE batch_id IS NOT NULL;
COMMENT ON INDEX incomplete_2024 IS 'of one partition';
COMMENT ON CONSTRAINT b2025_odd ON b2025 IS 'with a name of its own';
COMMENT ON INDEX b2025_odd IS 'with a name of its own';
ALTER TABLE b2024 CLUSTER ON incomplete_2024;
ALTER TABLE b2024 REPLICA IDENTITY USING INDEX b2024_batch_id_made_key;
ALTER TABLE ONLY b2024 ALTER batch_id SET DEFAULT 'batch_687d53c4-1111-4222-8333-944455556601';
ALTER TABLE rest_rest ALTER batch_id DROP DEFAULT;
ALTER TABLE b2024 ALTER batch_id SET STATISTICS 77;
ALTER TABLE b2025 ALTER batch_id SET STORAGE EXTERNAL;
ALTER TABLE rest_2027 ALTER batch_id SET COMPRESSION pglz;
ALTER TABLE batches ADD CONSTRAINT present CHECK (batch_id IS NOT NULL);
COMMENT ON CONSTRAINT present ON b2024 IS 'on a partition';
ALTER TABLE b2025 ADD CONSTRAINT present_too CHECK (batch_id IS NOT NULL);
CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER on_id BEFORE UPDATE OF batch_id ON batches FOR EACH ROW EXECUTE FUNCTION stay();
ALTER TABLE b2024 DISABLE TRIGGER on_id;
COMMENT ON TRIGGER on_id ON b2025 IS 'on a partition';
CREATE TRIGGER on_id_of_2025 AFTER UPDATE OF batch_id ON b2025 FOR EACH ROW EXECUTE FUNCTION stay();
ALTER TABLE b2025 ENABLE ROW LEVEL SECURITY;
CREATE POLICY with_id ON b2025 USING (batch_id IS NOT NULL);
CREATE STATISTICS together ON batch_id, note FROM b2024;
CREATE VIEW of_2024 AS SELECT batch_id, note FROM b2024;
CREATE VIEW counted AS SELECT batch_id, made, note FROM b2024 GROUP BY batch_id, made, note;
GRANT SELECT (batch_id) ON b2024 TO PUBLIC;
COMMENT ON COLUMN b2024.batch_id IS 'of a partition';
INSERT INTO batches (batch_id, made, note)
    SELECT 'batch_' || md5(n::text), date '2024-01-01' + 3 * n, CASE WHEN n % 2 = 0 THEN 'x' END
      FROM generate_series(1, 400) AS n;
INSERT INTO detached VALUES ('batch_' || md5('d'), '2020-01-01');
CREATE TABLE of_partition (id integer, batch_id varchar(60) REFERENCES b2024 (batch_id) ON DELETE CASCADE);
INSERT INTO of_partition SELECT n, 'batch_' || md5(n::text) FROM generate_series(1, 50) AS n;
