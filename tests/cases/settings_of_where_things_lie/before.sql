-- What is made again lies where it lay, and is stored as it was, wherever new things would go.
SET allow_in_place_tablespaces = on;
SELECT 'CREATE TABLESPACE elsewhere LOCATION ''''' WHERE NOT EXISTS (SELECT FROM pg_tablespace WHERE spcname = 'elsewhere')
\gexec
CREATE ACCESS METHOD other_heap TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE batches (batch_id varchar PRIMARY KEY, name text);
CREATE TABLE jobs (job_id varchar PRIMARY KEY, batch_id varchar REFERENCES batches, tags text[]) USING other_heap;
CREATE INDEX ix_here ON batches (batch_id COLLATE "C", lower(name));
CREATE INDEX ix_there ON batches (batch_id varchar_pattern_ops) TABLESPACE elsewhere;
CREATE MATERIALIZED VIEW here AS SELECT batch_id FROM batches;
CREATE INDEX here_index ON here (batch_id);
CREATE MATERIALIZED VIEW there USING other_heap TABLESPACE elsewhere AS SELECT job_id FROM jobs;
CREATE VIEW arrays AS SELECT job_id FROM jobs WHERE tags IS DISTINCT FROM '{NULL,"NULL"}'::text[];
CREATE TABLE days (job_id varchar REFERENCES jobs, day date) PARTITION BY RANGE (day);
CREATE TABLE day_one PARTITION OF days FOR VALUES FROM ('2024-01-01') TO ('2024-01-02');
CREATE INDEX ON days (job_id);
INSERT INTO batches SELECT 'batch_' || md5('b' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO jobs SELECT 'job_' || md5('j' || n), 'batch_' || md5('b' || n) FROM generate_series(1, 3) AS n;
INSERT INTO days SELECT job_id, '2024-01-01' FROM jobs;
SELECT current_database() AS db \gset
ALTER DATABASE :"db" SET default_tablespace = 'elsewhere';
ALTER DATABASE :"db" SET default_table_access_method = 'other_heap';
ALTER DATABASE :"db" SET array_nulls = off;
