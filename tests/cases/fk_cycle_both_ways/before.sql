-- One column of each table refers to the same column of the other.
CREATE TABLE left_half (id varchar(40) PRIMARY KEY);
CREATE TABLE right_half (id varchar(40) PRIMARY KEY REFERENCES left_half DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE left_half ADD FOREIGN KEY (id) REFERENCES right_half ON DELETE CASCADE DEFERRABLE;
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO left_half SELECT md5('h' || n) FROM generate_series(1, 4) AS n;
INSERT INTO right_half SELECT id FROM left_half;
COMMIT;
