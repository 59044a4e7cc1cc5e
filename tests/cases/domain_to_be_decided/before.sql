CREATE DOMAIN ruled AS varchar(60) NOT NULL CHECK (VALUE LIKE 'batch%');
CREATE DOMAIN made AS text DEFAULT 'none';
CREATE TABLE batches (id ruled PRIMARY KEY);
CREATE TABLE jobs (id made);
INSERT INTO batches VALUES ('batch_' || md5('a'));
