-- Old rows refer to nothing; the key was added for new ones only.
CREATE TABLE batches (batch_id varchar PRIMARY KEY);
CREATE TABLE jobs (id serial PRIMARY KEY, batch_id varchar);
INSERT INTO batches SELECT 'batch_' || md5('b' || n) FROM generate_series(1, 3) AS n;
INSERT INTO jobs (batch_id) SELECT batch_id FROM batches;
INSERT INTO jobs (batch_id) VALUES ('batch_' || md5('lost')), ('batch_' || md5('gone'));
ALTER TABLE jobs ADD CONSTRAINT jobs_batch FOREIGN KEY (batch_id) REFERENCES batches NOT VALID;
