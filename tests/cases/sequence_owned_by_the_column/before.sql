CREATE TABLE batches (batch_id varchar PRIMARY KEY);
CREATE SEQUENCE batch_numbers OWNED BY batches.batch_id;
SELECT nextval('batch_numbers');
INSERT INTO batches VALUES (md5('a'));
