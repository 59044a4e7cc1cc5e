CREATE DOMAIN ruled AS varchar(60) NOT NULL CHECK (VALUE LIKE 'batch%');
CREATE DOMAIN longer AS ruled CONSTRAINT long CHECK (length(VALUE) > 3);
CREATE TABLE batches (id longer PRIMARY KEY, n integer);
CREATE TABLE parts (id ruled, made date) PARTITION BY RANGE (made);
CREATE TABLE part PARTITION OF parts DEFAULT;
INSERT INTO batches VALUES ('batch_' || md5('a'));
INSERT INTO parts VALUES ('batch_' || md5('a'));
