CREATE TABLE batches (batch_id varchar PRIMARY KEY);
INSERT INTO batches VALUES (md5('a'));
CREATE FUNCTION how_many() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM batches WHERE batch_id LIKE 'batch%'; END;
CREATE PROCEDURE forget(gone varchar) BEGIN ATOMIC DELETE FROM batches WHERE batch_id = gone; END;
