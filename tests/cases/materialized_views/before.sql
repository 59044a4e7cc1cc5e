-- Filled, never filled, out of date; with indexes of every kind, options and statistics; views on them and they on views.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE jobs (batch_id varchar REFERENCES batches);
INSERT INTO batches SELECT 'batch_' || md5('b' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO jobs SELECT batch_id FROM batches;
CREATE MATERIALIZED VIEW counted (id, how_many) WITH (fillfactor = 70, autovacuum_enabled = false)
  AS SELECT batch_id, count(*) FROM jobs GROUP BY batch_id;
CREATE UNIQUE INDEX "Counted" ON counted (id) WITH (fillfactor = 60);
CREATE INDEX by_number ON counted (how_many DESC) INCLUDE (id) WHERE how_many > 0;
CREATE INDEX by_both ON counted ((how_many * 2), id);
ALTER MATERIALIZED VIEW counted CLUSTER ON "Counted";
ALTER MATERIALIZED VIEW counted ALTER how_many SET STATISTICS 55, ALTER how_many SET (n_distinct = 7);
ALTER INDEX by_both ALTER COLUMN 1 SET STATISTICS 77;
CREATE STATISTICS on_counted (ndistinct) ON id, how_many FROM counted;
COMMENT ON MATERIALIZED VIEW counted IS 'how many';
COMMENT ON COLUMN counted.how_many IS 'jobs';
COMMENT ON INDEX by_number IS 'the most first';
CREATE MATERIALIZED VIEW never AS SELECT batch_id, 'x' || n AS note FROM batches WITH NO DATA;
ALTER TABLE never ALTER batch_id SET STORAGE EXTERNAL, ALTER note SET STORAGE MAIN, ALTER note SET COMPRESSION pglz;
CREATE VIEW above AS SELECT c.id, b.n FROM counted c JOIN batches b ON b.batch_id = c.id;
CREATE MATERIALIZED VIEW highest AS SELECT max(n), count(id) FROM above;
CREATE VIEW topmost AS SELECT h.*, c.id FROM highest h, counted c;
CREATE VIEW beside AS SELECT n FROM batches;
INSERT INTO jobs SELECT batch_id FROM batches;
