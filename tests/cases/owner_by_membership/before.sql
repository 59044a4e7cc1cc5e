-- The tables belong to a group; the role that converts is its member, and has no other right.
CREATE ROLE case_group;
CREATE ROLE case_member LOGIN IN ROLE case_group;
SELECT format('GRANT CREATE ON DATABASE %I TO case_group', current_database()) \gexec
CREATE SCHEMA app AUTHORIZATION case_group;
SET ROLE case_group;
CREATE TABLE app.batches (batch_id varchar PRIMARY KEY);
CREATE TABLE app.jobs (n serial PRIMARY KEY, batch_id varchar REFERENCES app.batches ON DELETE CASCADE);
INSERT INTO app.batches SELECT md5('b' || n) FROM generate_series(1, 3) AS n;
INSERT INTO app.jobs (batch_id) SELECT batch_id FROM app.batches;
