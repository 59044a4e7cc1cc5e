CREATE TABLE batches (batch_id varchar(32) PRIMARY KEY, n integer);
INSERT INTO batches VALUES ('310', 1);
