-- Indexes over the spelling would survive and match nothing, or cannot be had at all.
CREATE TABLE batches (batch_id varchar NOT NULL, note text);
CREATE TABLE jobs (job_id text NOT NULL, note text);
INSERT INTO batches SELECT 'batch_' || md5('b' || n), n FROM generate_series(1, 5) AS n;
INSERT INTO jobs SELECT 'job_' || md5('j' || n), n FROM generate_series(1, 5) AS n;
CREATE INDEX ix_partial ON batches (note) WHERE batch_id LIKE 'batch%';
CREATE INDEX ix_expression ON batches (left(batch_id, 10));
CREATE UNIQUE INDEX ix_upper ON batches (note, upper(batch_id));
CREATE INDEX ix_length ON jobs (length(job_id)) WITH (fillfactor = 50) WHERE job_id ~ '^job';
CREATE UNIQUE INDEX ix_once ON jobs (reverse(job_id));
COMMENT ON INDEX ix_length IS 'how long';
CREATE INDEX ix_beside ON batches (note COLLATE "C", note text_pattern_ops, lower(note)) WHERE note <> '';
