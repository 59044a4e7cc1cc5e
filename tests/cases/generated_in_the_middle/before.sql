-- From 17 on its place in the table, its index and its column of a view stay.
CREATE TABLE batches (
    batch_id varchar PRIMARY KEY,
    known boolean GENERATED ALWAYS AS (batch_id IS NOT NULL) STORED,
    n integer,
    label text GENERATED ALWAYS AS (coalesce(n::text, batch_id)) STORED CHECK (label <> '')
);
INSERT INTO batches (batch_id, n) SELECT md5('b' || n), n FROM generate_series(1, 3) AS n;
CREATE INDEX by_label ON batches (label);
CREATE STATISTICS together ON known, label FROM batches;
CREATE VIEW labels AS SELECT label, known FROM batches;
