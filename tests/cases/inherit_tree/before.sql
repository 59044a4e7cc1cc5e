-- Children with columns in another order, keys, defaults, checks and names of their own; one had before what it inherits.
CREATE TABLE base (id varchar(50) PRIMARY KEY, note text DEFAULT 'q', n integer);
CREATE TABLE keyed (extra integer, PRIMARY KEY (id)) INHERITS (base);
CREATE TABLE turned (note text, gone integer, n integer, id varchar(50) NOT NULL);
ALTER TABLE turned DROP gone;
ALTER TABLE turned INHERIT base;
CREATE UNIQUE INDEX turned_id ON turned (id) WITH (fillfactor=80);
CREATE TABLE grandchild (more integer) INHERITS (turned);
CREATE TABLE merged (id varchar(50) DEFAULT 'batch_687d53c4-1111-4222-8333-944455556601', note text) INHERITS (base);
COMMENT ON COLUMN merged.id IS 'merged with the one that it inherits';
ALTER TABLE base ADD CONSTRAINT present CHECK (id IS NOT NULL);
COMMENT ON CONSTRAINT present ON keyed IS 'inherited';
ALTER TABLE merged ADD CONSTRAINT present_there CHECK (id IS NOT NULL);
CREATE TABLE checked (id varchar(50) NOT NULL, note text, n integer, CONSTRAINT present CHECK (id IS NOT NULL));
ALTER TABLE checked INHERIT base;
CREATE TABLE below_checked () INHERITS (checked);
ALTER TABLE base ADD CONSTRAINT of_base CHECK (id IS NOT NULL) NO INHERIT;
ALTER TABLE ONLY base ALTER id SET DEFAULT gen_random_uuid()::text;
ALTER TABLE turned ALTER id SET STORAGE PLAIN;
ALTER TABLE grandchild ALTER id SET STATISTICS 5;
CREATE TABLE jobs (
    n integer,
    base_id varchar(50) REFERENCES base,
    keyed_id varchar(50) REFERENCES keyed ON DELETE CASCADE
);
CREATE RULE never AS ON UPDATE TO merged WHERE new.id IS NULL DO INSTEAD NOTHING;
CREATE VIEW of_grandchild AS SELECT id FROM grandchild;
INSERT INTO base SELECT 'batch_' || md5(n::text) FROM generate_series(1, 50) AS n;
INSERT INTO keyed SELECT 'batch_' || md5(n::text) FROM generate_series(20, 70) AS n;
INSERT INTO turned (id) SELECT 'batch_' || md5(n::text) FROM generate_series(100, 120) AS n;
INSERT INTO grandchild (id) SELECT 'batch_' || md5(n::text) FROM generate_series(1100, 1120) AS n;
INSERT INTO merged (id) SELECT 'batch_' || md5(n::text) FROM generate_series(100, 120) AS n;
INSERT INTO below_checked (id) SELECT 'batch_' || md5(n::text) FROM generate_series(300, 320) AS n;
INSERT INTO jobs SELECT n, 'batch_' || md5(n::text), 'batch_' || md5((n + 30)::text) FROM generate_series(1, 20) AS n;
