-- Lists of values of varchar columns: PostgreSQL prints a cast of an array, and reads it as one of each element.
CREATE DOMAIN level AS varchar(8);
CREATE TABLE tasks (id varchar(36) PRIMARY KEY, owner_id varchar(36), editor_id varchar(36), status varchar(20) NOT NULL,
  previous varchar(20), urgency level, cost numeric, labels jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT open_or_owned CHECK (status IN ('new', 'done') OR owner_id IS NOT NULL),
  CONSTRAINT known CHECK (status IN ('new', 'done', 'late')),
  is_mine boolean GENERATED ALWAYS AS (owner_id = id AND status NOT IN ('done', 'late')) STORED);
INSERT INTO tasks SELECT md5('t' || n)::uuid, md5('t' || n % 5)::uuid, CASE WHEN n % 2 = 0 THEN md5('t' || n)::uuid END,
  (ARRAY['new', 'done', 'late'])[n % 3 + 1], (ARRAY['new', 'late'])[n % 2 + 1], (ARRAY['low', 'high'])[n % 2 + 1], n,
  '{"late": true}' FROM generate_series(1, 40) AS n;
CREATE TABLE notes (id varchar(36) PRIMARY KEY, status varchar(20));
INSERT INTO notes SELECT md5('n' || n)::uuid, (ARRAY['new', 'done'])[n % 2 + 1] FROM generate_series(1, 9) AS n;
CREATE INDEX waiting ON tasks (id) WHERE status IN ('new', 'late');
CREATE UNIQUE INDEX rated ON tasks (id, cost) WHERE cost = ANY (ARRAY[1, 2]) AND urgency IN ('low', 'high');
ALTER TABLE tasks ADD CONSTRAINT never_twice EXCLUDE USING btree (id WITH =) WHERE (status IN ('new', 'late'));
CREATE STATISTICS together ON id, (status IN ('new', 'late')) FROM tasks;
CREATE VIEW current AS SELECT id, CASE WHEN status IN ('new', 'late') THEN 'open' ELSE 'closed' END AS state
  FROM tasks WHERE urgency IN ('low', 'high') AND 'late' = ANY (ARRAY[status, previous]) AND cost > ALL (ARRAY[0, 1]);
CREATE VIEW between_two AS SELECT t.id, n.id AS note_id FROM tasks t JOIN notes n USING (status)
  WHERE status IN ('new', 'done') AND 'new' <> ALL (ARRAY[t.owner_id, n.id]) AND t.labels ?| ARRAY['late', t.previous];
CREATE MATERIALIZED VIEW closed AS SELECT id FROM tasks WHERE status NOT IN ('new', 'late');
CREATE RULE no_change AS ON DELETE TO tasks WHERE old.id IS NOT NULL AND old.status IN ('done', 'late') DO INSTEAD NOTHING;
ALTER TABLE tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY shown ON tasks USING (owner_id IS NOT NULL AND status IN ('new', 'done'))
  WITH CHECK (editor_id IS NULL OR status IN ('new', 'late'));
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER touch BEFORE UPDATE OF id ON tasks FOR EACH ROW WHEN (new.status IN ('new', 'late'))
  EXECUTE FUNCTION touched();
CREATE FUNCTION how_many() RETURNS bigint LANGUAGE sql STABLE
  BEGIN ATOMIC SELECT count(id) FROM tasks WHERE status IN ('new', 'late') AND previous IN ('late', NULL); END;
CREATE TABLE visits (id varchar(36) NOT NULL, at date NOT NULL, kind varchar(9)) PARTITION BY RANGE (at);
CREATE TABLE visits_2024 PARTITION OF visits FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX of_kinds ON visits (id) WHERE kind IN ('web', 'app');
INSERT INTO visits SELECT md5('v' || n)::uuid, '2024-05-01', 'web' FROM generate_series(1, 9) AS n;
