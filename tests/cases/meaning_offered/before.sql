-- Ids that are spelled as PostgreSQL spells a uuid, in text columns: whatever compares texts may go on doing so.
CREATE FUNCTION uid() RETURNS uuid LANGUAGE sql STABLE AS
  $$SELECT nullif(current_setting('request.jwt.claim.sub', true), '')::uuid$$;
CREATE TABLE projects (id text PRIMARY KEY, owner text, title text);
CREATE TABLE members (project_id text REFERENCES projects, user_id text NOT NULL);
INSERT INTO projects SELECT md5('p' || n)::uuid, md5('u' || n % 3)::uuid, 'title ' || n FROM generate_series(1, 9) AS n;
INSERT INTO members SELECT id, owner FROM projects;
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON projects USING (owner = uid()::text);
CREATE POLICY writes ON projects FOR UPDATE USING (uid()::text = owner) WITH CHECK (uid()::text = owner);
CREATE POLICY shared ON projects USING (id IN (SELECT project_id FROM members WHERE user_id = uid()::text));
CREATE VIEW keys AS SELECT id, lower(id) AS key, coalesce(owner, 'nobody') AS owner FROM projects ORDER BY id;
CREATE INDEX beginnings ON projects (left(id, 8));
