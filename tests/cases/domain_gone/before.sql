CREATE DOMAIN plain AS text;
CREATE TABLE batches (id plain PRIMARY KEY);
INSERT INTO batches VALUES ('batch_' || md5('a'));
