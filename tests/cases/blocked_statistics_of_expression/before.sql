CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
INSERT INTO batches VALUES (md5('a'), 1);
CREATE STATISTICS by_length ON length(batch_id), n FROM batches;
CREATE STATISTICS plain ON batch_id, n FROM batches;
