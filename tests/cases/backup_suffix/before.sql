CREATE TABLE batches (batch_id varchar PRIMARY KEY, batch_id_original varchar);
CREATE TABLE jobs (batch_id varchar REFERENCES batches);
INSERT INTO batches VALUES (md5('a'), 'of another migration');
INSERT INTO jobs VALUES (md5('a'));
