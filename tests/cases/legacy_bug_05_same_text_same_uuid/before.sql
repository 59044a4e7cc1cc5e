-- An id that holds no uuid got another random one wherever it occurred; an id without an underscore was lost.
CREATE TABLE batch_jobs (id serial PRIMARY KEY, batch_id varchar NOT NULL UNIQUE);
CREATE TABLE jobs (id serial PRIMARY KEY, batch_id varchar REFERENCES batch_jobs (batch_id));
CREATE TABLE domains (id serial PRIMARY KEY, batch_id varchar);
INSERT INTO batch_jobs (batch_id) VALUES ('310'), ('batch_20250412_101500'), ('batch_0a1b2c3d4e5f'), ('plain'), (md5('b'));
INSERT INTO jobs (batch_id) SELECT batch_id FROM batch_jobs ORDER BY id;
INSERT INTO domains (batch_id) SELECT batch_id FROM batch_jobs ORDER BY id;
