CREATE TABLE accounts (id integer PRIMARY KEY, external_id varchar UNIQUE NULLS NOT DISTINCT, other_id varchar);
CREATE UNIQUE INDEX one_other ON accounts (other_id) NULLS NOT DISTINCT;
INSERT INTO accounts VALUES (1, NULL, NULL), (2, 'acc_' || md5('2'), md5('2')), (3, 'acc_' || md5('3'), md5('3'));
