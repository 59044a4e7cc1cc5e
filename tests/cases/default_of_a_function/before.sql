-- Functions that give a uuid go on giving it; what others give is not for a program to decide.
CREATE FUNCTION "new ID"(x text DEFAULT 'a)::text') RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()';
CREATE FUNCTION me() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('app.me', true), '')::uuid $$;
CREATE FUNCTION next_number() RETURNS bigint LANGUAGE sql AS 'SELECT 310';
CREATE TABLE pages (id text PRIMARY KEY DEFAULT "new ID"('b)::text'), owner_id varchar(36) DEFAULT me(), old_id varchar(40) DEFAULT next_number());
CREATE TABLE lines (id char(40) PRIMARY KEY DEFAULT (("new ID"())::text)::varchar, page_id text REFERENCES pages,
  other_id varchar(36) DEFAULT uuid_in(overlay(md5(random()::text) PLACING '4' FROM 13)::cstring));
INSERT INTO pages (old_id) SELECT md5('o' || n)::uuid FROM generate_series(1, 5) AS n;
INSERT INTO lines (page_id) SELECT id FROM pages;
