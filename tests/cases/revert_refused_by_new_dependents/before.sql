CREATE TABLE batches (batch_id varchar PRIMARY KEY DEFAULT gen_random_uuid(), n integer);
INSERT INTO batches VALUES (md5('a'), 1);
