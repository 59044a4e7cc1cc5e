-- Functions that take or return a view's rows go with it, and with them what is built on them: owner, grants, comment,
-- settings come back; a view over such a function, too.
CREATE ROLE case_caller;
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
INSERT INTO batches SELECT md5('b' || n), n FROM generate_series(1, 3) AS n;
CREATE VIEW seen AS SELECT batch_id, n FROM batches;
CREATE MATERIALIZED VIEW stored AS SELECT batch_id FROM seen;
CREATE FUNCTION of_all(VARIADIC rows seen[]) RETURNS integer IMMUTABLE STRICT COST 9 SET work_mem = '4MB' LANGUAGE plpgsql
  AS $$ BEGIN RETURN cardinality(rows); END $$;
CREATE FUNCTION one(lowest integer DEFAULT 2) RETURNS seen STABLE LANGUAGE plpgsql
  AS $$ DECLARE r public.seen; BEGIN SELECT * INTO r FROM public.seen WHERE n >= lowest ORDER BY n LIMIT 1; RETURN r; END $$;
CREATE FUNCTION all_stored() RETURNS SETOF stored STABLE ROWS 3 LANGUAGE sql AS 'SELECT * FROM public.stored';
CREATE VIEW above AS SELECT (one(3)).n AS third, of_all(s, s) AS two FROM seen s;
CREATE VIEW counted AS SELECT count(*) FROM all_stored();
REVOKE EXECUTE ON FUNCTION one FROM PUBLIC;
GRANT EXECUTE ON FUNCTION one TO case_caller;
COMMENT ON FUNCTION one IS 'one of them';
COMMENT ON FUNCTION of_all IS 'all of them';
