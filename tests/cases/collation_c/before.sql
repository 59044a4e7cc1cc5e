CREATE TABLE batches (batch_id varchar(60) COLLATE "C" PRIMARY KEY, n integer);
CREATE TABLE jobs (n serial, batch_id varchar COLLATE "POSIX" REFERENCES batches, other text COLLATE "C");
CREATE INDEX by_both ON jobs (batch_id, other);
INSERT INTO batches VALUES ('batch_' || md5('a'), 1), ('Batch_' || md5('b'), 2), ('310', 3), ('Ünï', 4);
INSERT INTO jobs (batch_id) SELECT batch_id FROM batches ORDER BY n;
