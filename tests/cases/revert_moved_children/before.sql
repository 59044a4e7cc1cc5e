-- After the conversion jobs are moved from one batch to another, and batches go and come back.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE jobs (n serial PRIMARY KEY, batch_id varchar REFERENCES batches ON DELETE SET NULL);
INSERT INTO batches VALUES ('310', 1), ('batch_' || md5('b'), 2), (upper(md5('c')::uuid::text), 3), (' 311 ', 4);
INSERT INTO jobs (batch_id) SELECT batch_id FROM batches;
