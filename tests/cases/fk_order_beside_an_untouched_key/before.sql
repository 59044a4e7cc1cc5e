-- The cascade hangs on the string id, which is converted; the restriction, declared later, on the number, which is not.
-- Made anew, the cascade would act after the restriction.
CREATE TABLE batches (id integer PRIMARY KEY, batch_id varchar UNIQUE NOT NULL);
CREATE TABLE jobs (
    batch_id varchar REFERENCES batches (batch_id) ON DELETE CASCADE,
    batch integer REFERENCES batches ON DELETE RESTRICT
);
INSERT INTO batches SELECT n, 'batch_' || md5('b' || n) FROM generate_series(1, 3) AS n;
INSERT INTO jobs SELECT batch_id, id FROM batches;
