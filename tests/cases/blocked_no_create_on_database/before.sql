CREATE ROLE case_holder LOGIN;
CREATE TABLE batches (batch_id varchar PRIMARY KEY);
INSERT INTO batches VALUES (md5('a'));
ALTER TABLE batches OWNER TO case_holder;
