-- What was built since the conversion, and works with text as well, stays.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE jobs (n serial PRIMARY KEY, batch_id varchar);
INSERT INTO batches VALUES (md5('a'), 1), (md5('b'), 2);
INSERT INTO jobs (batch_id) SELECT batch_id FROM batches;
