CREATE TABLE batches (batch_id varchar PRIMARY KEY);
CREATE TABLE jobs (batch_id varchar CONSTRAINT loose REFERENCES batches);
INSERT INTO batches VALUES (md5('a'));
ALTER TABLE jobs DISABLE TRIGGER ALL;
INSERT INTO jobs VALUES (md5('nobody'));
