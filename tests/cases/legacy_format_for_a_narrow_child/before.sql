-- A new id in the parent's form does not fit its child; which shorter form is meant only the user knows.
CREATE TABLE batches (batch_id text PRIMARY KEY, n integer);
CREATE TABLE jobs (batch_id varchar(32) REFERENCES batches, n integer);
INSERT INTO batches VALUES (md5('a'), 1), ('batch_' || md5('b'), 2);
INSERT INTO jobs SELECT * FROM batches WHERE n = 1;
