-- Too short for any uuid: the ids are numbers and dates.
CREATE TABLE batches (batch_id varchar(20) PRIMARY KEY, n integer);
CREATE TABLE jobs (batch_id varchar(20) REFERENCES batches);
INSERT INTO batches VALUES ('310', 1), ('20250412_101500', 2);
INSERT INTO jobs SELECT batch_id FROM batches;
