-- What is not run for a trial has to fit the types all the same: --allow would end in the middle of the conversion.
CREATE TABLE orgs (org_id text PRIMARY KEY, name text);
CREATE TABLE members (org_id text REFERENCES orgs, who text);
INSERT INTO orgs SELECT 'org_' || md5('o' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO members SELECT org_id, 'somebody' FROM orgs;
CREATE FUNCTION is_member(text) RETURNS boolean LANGUAGE sql STABLE AS
  'SELECT EXISTS (SELECT FROM members WHERE org_id = $1 AND who = current_user)';
ALTER TABLE orgs ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_members ON orgs USING (is_member(org_id));
CREATE POLICY of_members_as_text ON orgs USING (is_member(org_id::varchar));
CREATE FUNCTION noted(text) RETURNS text LANGUAGE sql VOLATILE AS 'SELECT $1';
CREATE VIEW noted_orgs AS SELECT noted(org_id) FROM orgs;
CREATE VIEW noted_texts AS SELECT noted(org_id::varchar) FROM orgs;
CREATE VIEW failing AS SELECT org_id, ('x' || name)::integer FROM orgs WHERE left(org_id, 3) = 'org';
