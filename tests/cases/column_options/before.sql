CREATE TABLE batches (n integer, batch_id text, note text, PRIMARY KEY (batch_id));
ALTER TABLE batches ALTER batch_id SET STORAGE EXTERNAL, ALTER batch_id SET STATISTICS 700,
    ALTER batch_id SET (n_distinct = -0.5), ALTER note SET STORAGE MAIN;
CREATE TABLE jobs (batch_id varchar(80) COMPRESSION pglz REFERENCES batches) WITH (fillfactor = 80, autovacuum_enabled = off);
ALTER TABLE jobs ALTER batch_id SET STORAGE PLAIN, ALTER batch_id SET STATISTICS 0, ALTER batch_id SET (n_distinct = 12);
INSERT INTO batches SELECT n, 'batch_' || md5('b' || n), 'n' FROM generate_series(1, 3) AS n;
INSERT INTO jobs SELECT batch_id FROM batches;
