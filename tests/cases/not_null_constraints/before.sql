-- From version 18 on NOT NULL is a constraint with a name and a state.
CREATE TABLE batches (
    batch_id varchar CONSTRAINT batch_needed NOT NULL NO INHERIT,
    other_id varchar,
    CONSTRAINT other_needed NOT NULL other_id
);
CREATE TABLE jobs (batch_id varchar);
INSERT INTO batches SELECT md5('b' || n), md5('o' || n) FROM generate_series(1, 3) AS n;
INSERT INTO jobs VALUES (md5('b1')), (NULL);
ALTER TABLE jobs ADD CONSTRAINT job_needed NOT NULL batch_id NOT VALID;
COMMENT ON CONSTRAINT other_needed ON batches IS 'since 2020';
