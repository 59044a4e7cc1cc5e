-- One old text got two random uuids.
CREATE TABLE batch_jobs (id serial PRIMARY KEY, batch_id_original varchar, batch_id uuid UNIQUE);
CREATE TABLE jobs (id serial PRIMARY KEY, batch_id varchar);
INSERT INTO batch_jobs (batch_id, batch_id_original) VALUES
    (md5('b1')::uuid, md5('b1')), (md5('b2')::uuid, md5('b2')),
    ('0b0b0b0b-0000-4000-8000-000000000001', '310'), ('0b0b0b0b-0000-4000-8000-000000000002', '310');
INSERT INTO jobs (batch_id) SELECT DISTINCT batch_id_original FROM batch_jobs;
