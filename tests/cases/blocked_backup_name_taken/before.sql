CREATE TABLE batches (batch_id varchar PRIMARY KEY, batch_id_original integer);
CREATE TABLE jobs (batch_id varchar REFERENCES batches, "Batch_id_original" text);
INSERT INTO batches VALUES (md5('a'), 1);
