-- The lost UNIQUE let a batch in twice; a foreign key cannot be declared before somebody decides which row goes.
CREATE TABLE batch_jobs (id serial PRIMARY KEY, batch_id_original varchar, batch_id uuid);
CREATE TABLE jobs (id serial PRIMARY KEY, batch_id varchar);
INSERT INTO batch_jobs (batch_id, batch_id_original)
SELECT md5('b' || n)::uuid, 'batch_' || md5('b' || n) FROM generate_series(1, 6) AS n;
INSERT INTO batch_jobs (batch_id, batch_id_original) VALUES (md5('b1')::uuid, 'batch_' || md5('b1'));
INSERT INTO jobs (batch_id) SELECT DISTINCT batch_id_original FROM batch_jobs;
