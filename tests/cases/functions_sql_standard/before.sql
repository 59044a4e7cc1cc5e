-- Bodies of standard SQL: functions and procedures, several statements, RETURN, with settings, grants and defaults; built
-- on each other, on views, and used by a view, a default and an index.
CREATE ROLE case_caller;
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
INSERT INTO batches SELECT md5('b' || n), n FROM generate_series(1, 3) AS n;
CREATE VIEW seen AS SELECT batch_id, n FROM batches WHERE n > 0;
CREATE FUNCTION how_many(lowest integer DEFAULT 1) RETURNS bigint STABLE SECURITY DEFINER COST 7 SET search_path = public
  BEGIN ATOMIC SELECT count(batch_id) FROM batches WHERE n >= lowest; END;
CREATE FUNCTION newest(OUT found integer) STABLE RETURN (SELECT max(n) FROM seen WHERE batch_id IS NOT NULL);
CREATE FUNCTION both_of_them() RETURNS bigint STABLE PARALLEL SAFE LEAKPROOF RETURN how_many() + newest();
CREATE FUNCTION listed() RETURNS TABLE (number integer) STABLE ROWS 5 BEGIN ATOMIC SELECT n FROM batches WHERE batch_id IS NOT NULL ORDER BY n; END;
CREATE PROCEDURE "Renumber"(by integer) BEGIN ATOMIC
  UPDATE batches SET n = n + by WHERE batch_id IS NOT NULL;
  DELETE FROM batches WHERE n > 100 AND batch_id IS NOT NULL;
END;
CREATE FUNCTION rows_of() RETURNS SETOF seen STABLE LANGUAGE sql AS 'SELECT * FROM public.seen';
CREATE FUNCTION label(one seen) RETURNS text STABLE LANGUAGE sql RETURN 'no ' || (one).n;
CREATE VIEW uses AS SELECT how_many() AS how_many, newest() AS newest;
CREATE TABLE other (n integer DEFAULT newest(), m bigint DEFAULT how_many(2));
GRANT EXECUTE ON FUNCTION how_many TO case_caller WITH GRANT OPTION;
REVOKE EXECUTE ON PROCEDURE "Renumber" FROM PUBLIC;
COMMENT ON FUNCTION how_many IS 'how many';
COMMENT ON PROCEDURE "Renumber" IS 'later';
COMMENT ON FUNCTION label IS 'a name';
