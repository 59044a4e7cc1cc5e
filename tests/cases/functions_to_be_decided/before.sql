-- A parameter of the old type, a comparison with a spelling: over uuid these cannot be had, or say another thing.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
INSERT INTO batches SELECT 'batch_' || md5('b' || n), n FROM generate_series(1, 3) AS n;
CREATE PROCEDURE forget(gone varchar) BEGIN ATOMIC DELETE FROM batches WHERE batch_id = gone; END;
CREATE FUNCTION prefixed() RETURNS bigint STABLE BEGIN ATOMIC SELECT count(*) FROM batches WHERE batch_id LIKE 'batch%'; END;
