CREATE EXTENSION citext;
CREATE TABLE batches (batch_id citext PRIMARY KEY);
INSERT INTO batches VALUES (md5('a'));
