-- Before 17 the last column; with all that a column can have.
CREATE TABLE batches (
    batch_id text PRIMARY KEY,
    n integer,
    part varchar GENERATED ALWAYS AS (CASE WHEN batch_id IS NULL THEN 'none' ELSE 'some ' || n END) STORED COLLATE "C"
);
CREATE ROLE case_reader;
CREATE TABLE jobs (job_id varchar PRIMARY KEY, batch_id text REFERENCES batches);
INSERT INTO batches SELECT md5('b' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO jobs SELECT md5('j' || n), batch_id FROM batches;
GRANT SELECT (part), UPDATE (part) ON batches TO case_reader WITH GRANT OPTION;
ALTER TABLE batches ALTER part SET STORAGE EXTERNAL, ALTER part SET COMPRESSION pglz, ALTER part SET STATISTICS 44, ALTER part SET (n_distinct = -0.5);
COMMENT ON COLUMN batches.part IS 'made of it';
