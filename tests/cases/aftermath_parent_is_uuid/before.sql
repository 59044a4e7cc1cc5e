-- A half-converted database: the parent became uuid with the old texts beside it, its children stayed text.
CREATE TABLE batch_jobs (
    id serial PRIMARY KEY,
    batch_id uuid UNIQUE,
    batch_id_original varchar,
    status varchar
);
CREATE TABLE jobs (id serial PRIMARY KEY, batch_id varchar);
CREATE TABLE domains (id serial PRIMARY KEY, batch_id varchar);
INSERT INTO batch_jobs (batch_id, batch_id_original) VALUES
    (md5('1')::uuid, 'batch_' || md5('1')), (md5('2')::uuid, md5('2')::uuid), (md5('3')::uuid, md5('3')),
    -- These got a fresh random uuid, which only the backup can tell.
    ('0b0b0b0b-0000-4000-8000-000000000001', '310'), ('0b0b0b0b-0000-4000-8000-000000000002', 'batch_20250412_101500'),
    ('0b0b0b0b-0000-4000-8000-000000000003', '');
INSERT INTO jobs (batch_id) SELECT batch_id_original FROM batch_jobs ORDER BY id;
INSERT INTO domains (batch_id) SELECT batch_id_original FROM batch_jobs ORDER BY id;
INSERT INTO domains (batch_id) VALUES (NULL), ('orphan-1');
