CREATE TABLE base (batch_id varchar, n integer);
CREATE TABLE extended (more text) INHERITS (base);
CREATE TABLE lone (batch_id varchar);
INSERT INTO extended VALUES (md5('a'), 1, 'x');
