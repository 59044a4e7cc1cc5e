CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE jobs (
    id serial PRIMARY KEY,
    batch_id varchar REFERENCES batches DEFERRABLE INITIALLY DEFERRED,
    other_id varchar CONSTRAINT other REFERENCES batches ON DELETE CASCADE DEFERRABLE
);
INSERT INTO batches SELECT 'batch_' || md5('b' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO jobs (batch_id, other_id) SELECT batch_id, batch_id FROM batches;
