CREATE TABLE batches (n integer, batch_id varchar, PRIMARY KEY (n) INCLUDE (batch_id));
CREATE TABLE jobs (n integer CONSTRAINT of_batch REFERENCES batches);
INSERT INTO batches VALUES (1, md5('a'));
INSERT INTO jobs VALUES (1);
