CREATE DOMAIN batch_key AS varchar CHECK (VALUE LIKE 'batch%');
CREATE DOMAIN plain_key AS text;
CREATE TABLE batches (batch_id batch_key PRIMARY KEY);
CREATE TABLE jobs (batch_id plain_key);
INSERT INTO batches VALUES ('batch_' || md5('a'));
