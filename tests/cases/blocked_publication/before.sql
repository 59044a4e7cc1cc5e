CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE jobs (n integer PRIMARY KEY, batch_id varchar REFERENCES batches);
INSERT INTO batches VALUES (md5('a'), 1);
CREATE PUBLICATION listed FOR TABLE batches (batch_id);
CREATE PUBLICATION filtered FOR TABLE batches WHERE (batch_id LIKE 'batch%');
CREATE PUBLICATION beside FOR TABLE jobs (n);
