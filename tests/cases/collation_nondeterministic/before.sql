-- Equal whatever the case: 'BATCH_…' refers to 'batch_…'.
CREATE COLLATION anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE batches (batch_id varchar COLLATE anycase PRIMARY KEY, n integer);
CREATE TABLE jobs (n serial, batch_id varchar COLLATE anycase REFERENCES batches);
INSERT INTO batches SELECT 'batch_' || md5('b' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO jobs (batch_id) SELECT upper(batch_id) FROM batches ORDER BY n;
