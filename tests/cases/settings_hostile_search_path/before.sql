-- Functions and operators of the same names stand before the system's; none of them may be called.
CREATE SCHEMA evil;
CREATE FUNCTION evil.fail() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'called'; END $$;
CREATE FUNCTION evil.btrim(text, text) RETURNS text LANGUAGE sql AS 'SELECT CASE WHEN evil.fail() THEN $1 END';
CREATE FUNCTION evil.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT CASE WHEN evil.fail() THEN $1 END';
CREATE FUNCTION evil."right"(text, integer) RETURNS text LANGUAGE sql AS 'SELECT CASE WHEN evil.fail() THEN $1 END';
CREATE FUNCTION evil.same(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT evil.fail()';
CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.same);
CREATE DOMAIN evil.uuid AS text;
CREATE TABLE public.pg_class (relname text);
CREATE TABLE public.batches (batch_id varchar PRIMARY KEY);
INSERT INTO public.batches VALUES ('batch_' || md5('a')), ('310');
SELECT current_database() AS db \gset
ALTER DATABASE :"db" SET search_path = evil, public, pg_catalog;
