-- No key holds the two spellings apart today; the one that a foreign key needs would refuse them.
CREATE TABLE batches (n serial PRIMARY KEY, batch_id varchar NOT NULL);
CREATE TABLE jobs (n serial PRIMARY KEY, batch_id varchar);
INSERT INTO batches (batch_id) VALUES (md5('a')), ('batch_' || md5('a')), (md5('b'));
INSERT INTO jobs (batch_id) VALUES (md5('a')), ('batch_' || md5('a')), (md5('b'));
