CREATE TABLE batches (
    batch_id varchar PRIMARY KEY,
    known boolean GENERATED ALWAYS AS (batch_id IS NOT NULL),
    n integer,
    label text GENERATED ALWAYS AS (coalesce(batch_id || '', 'none')) VIRTUAL
);
CREATE TABLE jobs (batch_id varchar REFERENCES batches ON DELETE SET NULL, given boolean GENERATED ALWAYS AS (batch_id IS NOT NULL) VIRTUAL);
INSERT INTO batches (batch_id, n) SELECT gen_random_uuid(), n FROM generate_series(1, 3) AS n;
INSERT INTO jobs SELECT batch_id FROM batches;
INSERT INTO jobs VALUES (NULL);
COMMENT ON COLUMN batches.known IS 'is it';
