CREATE TABLE batches (batch_id varchar PRIMARY KEY);
INSERT INTO batches VALUES (md5('a'));
