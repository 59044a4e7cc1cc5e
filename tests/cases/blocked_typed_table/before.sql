CREATE TYPE batch AS (batch_id varchar, n integer);
CREATE TABLE batches OF batch (PRIMARY KEY (batch_id));
INSERT INTO batches VALUES (md5('a'), 1);
