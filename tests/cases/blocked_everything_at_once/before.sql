CREATE TABLE jobs (
    job_id varchar PRIMARY KEY CHECK (job_id <> ''),
    batch_id varchar NOT NULL DEFAULT to_char(now(), 'YYYYMMDD'),
    batch_id_original varchar,
    up text GENERATED ALWAYS AS (upper(job_id)) STORED
);
CREATE TABLE runs (job_id varchar REFERENCES jobs, batch_id varchar);
CREATE INDEX ix_like ON jobs (batch_id varchar_pattern_ops);
CREATE INDEX ix_lower ON jobs (lower(job_id));
CREATE VIEW seen AS SELECT batch_id FROM jobs WHERE job_id LIKE 'job%';
CREATE POLICY own ON runs USING (job_id = current_setting('app.job', true));
CREATE TRIGGER same BEFORE UPDATE ON runs FOR EACH ROW WHEN (OLD.job_id LIKE 'job%') EXECUTE FUNCTION suppress_redundant_updates_trigger();
INSERT INTO jobs VALUES ('687d53c4-1111-4222-8333-944455556601', 'x'), ('687D53C4111142228333944455556601', 'y'), ('job_' || md5('j'), 'y');
INSERT INTO runs VALUES ('687D53C4111142228333944455556601', 'z');
