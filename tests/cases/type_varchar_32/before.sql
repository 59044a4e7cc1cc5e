-- Room for 32 digits and nothing more: a new id is written without hyphens.
CREATE TABLE batches (batch_id varchar(32) PRIMARY KEY, n integer);
INSERT INTO batches VALUES ('310', 1), (md5('a'), 2), (upper(md5('b')), 3);
