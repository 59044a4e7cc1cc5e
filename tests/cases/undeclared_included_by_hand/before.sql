-- Neither name nor uuids tell that the code refers to a batch; the user knows.
CREATE TABLE batches (batch_id varchar PRIMARY KEY);
CREATE TABLE jobs (n serial PRIMARY KEY, origin varchar);
CREATE TABLE notes (n serial PRIMARY KEY, origin varchar);
INSERT INTO batches VALUES ('310'), ('batch_20250412_101500'), ('x');
INSERT INTO jobs (origin) VALUES ('310'), ('x'), ('elsewhere');
INSERT INTO notes (origin) VALUES ('310');
