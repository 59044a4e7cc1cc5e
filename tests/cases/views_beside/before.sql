-- Views, rules and functions that do not read the column stay, those that name it in a string until somebody has read them.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, state text);
CREATE VIEW states WITH (security_barrier) AS SELECT state, count(*) FROM batches GROUP BY state;
CREATE MATERIALIZED VIEW old_states AS SELECT DISTINCT state FROM batches;
CREATE FUNCTION how_many() RETURNS bigint STABLE BEGIN ATOMIC SELECT count(*) FROM batches WHERE state = 'new'; END;
CREATE FUNCTION of_batch(text) RETURNS text LANGUAGE sql AS 'SELECT state FROM batches WHERE batch_id::text = $1';
CREATE VIEW ids AS SELECT batch_id FROM batches;
CREATE FUNCTION through() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN count(batch_id) FROM ids; END';
CREATE FUNCTION unrelated() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN count(*) FROM batches; END';
INSERT INTO batches SELECT md5('b' || n), 'new' FROM generate_series(1, 3) AS n;
