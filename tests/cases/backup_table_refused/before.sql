CREATE TABLE batches (batch_id varchar PRIMARY KEY);
CREATE TABLE jobs (batch_id varchar, word varchar);
INSERT INTO batches VALUES ('batch_' || md5('a'));
INSERT INTO jobs VALUES ('batch_' || md5('a'), 'none'), (md5('a'), md5('b'));
