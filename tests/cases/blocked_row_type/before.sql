CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE history (at timestamp, was batches);
CREATE TABLE archive (rows batches[]);
CREATE DOMAIN some_batch AS batches;
INSERT INTO batches VALUES (md5('a'), 1);
