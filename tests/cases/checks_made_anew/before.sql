-- CHECKs that hold for the same rows: over text they would not come through the change by themselves, or silently.
CREATE TABLE batches (
    batch_id varchar PRIMARY KEY CONSTRAINT there CHECK (batch_id IS NOT NULL),
    other text CONSTRAINT "not the same" CHECK (other IS DISTINCT FROM batch_id),
    n integer CHECK (n > 0),
    CONSTRAINT either CHECK (n < 9 OR other IS NOT NULL) NO INHERIT
);
INSERT INTO batches SELECT md5('b' || n), CASE n WHEN 2 THEN md5('o') END, n FROM generate_series(1, 3) AS n;
ALTER TABLE batches ADD CONSTRAINT later CHECK (n < 3 OR other IS NOT NULL) NOT VALID;
COMMENT ON CONSTRAINT later ON batches IS 'when there is time';
