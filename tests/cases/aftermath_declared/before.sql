-- The parent's key lost NOT NULL, UNIQUE and its index when the column was swapped; declaring the references brings back
-- what they need.
CREATE TABLE batch_jobs (id serial PRIMARY KEY, batch_id_original varchar, batch_id uuid);
CREATE TABLE jobs (id serial PRIMARY KEY, batch_id varchar);
INSERT INTO batch_jobs (batch_id, batch_id_original)
SELECT md5('b' || n)::uuid, 'batch_' || md5('b' || n) FROM generate_series(1, 6) AS n;
INSERT INTO batch_jobs (batch_id, batch_id_original) VALUES ('0b0b0b0b-0000-4000-8000-000000000001', '310'), (NULL, NULL);
INSERT INTO jobs (batch_id) SELECT batch_id_original FROM batch_jobs;
