-- An extension's member, a security label, and what no definition can be asked for: named, and nothing is begun.
CREATE EXTENSION btree_gist;
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
INSERT INTO batches SELECT md5('b' || n), n FROM generate_series(1, 3) AS n;
CREATE VIEW of_extension AS SELECT batch_id FROM batches;
ALTER EXTENSION btree_gist ADD VIEW of_extension;
CREATE VIEW labelled AS SELECT batch_id FROM batches;
SET allow_system_table_mods = on;
INSERT INTO pg_seclabel VALUES ('labelled'::regclass, 'pg_class'::regclass, 0, 'none', 'secret');
CREATE VIEW seen AS SELECT batch_id, n FROM batches;
CREATE TABLE history (was seen, all_of_them seen[]);
CREATE FUNCTION as_text(seen) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT ''x''::text';
CREATE CAST (seen AS text) WITH FUNCTION as_text(seen);
CREATE FUNCTION latest(seen, seen) RETURNS seen IMMUTABLE LANGUAGE sql AS 'SELECT $2';
CREATE AGGREGATE latest_of(seen) (sfunc = latest, stype = seen);
CREATE TYPE with_it AS (n integer, one seen);
