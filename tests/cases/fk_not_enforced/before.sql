CREATE TABLE batches (batch_id varchar PRIMARY KEY);
CREATE TABLE jobs (batch_id varchar CONSTRAINT loose REFERENCES batches NOT ENFORCED);
INSERT INTO batches VALUES (md5('b'));
INSERT INTO jobs VALUES (md5('b')), (md5('nobody'));
