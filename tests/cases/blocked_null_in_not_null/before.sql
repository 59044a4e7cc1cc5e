CREATE TABLE batches (n serial PRIMARY KEY, batch_id varchar NOT NULL);
INSERT INTO batches (batch_id) VALUES ('310'), (md5('a'));
