-- --all: words among uuids, a column that refers now to one table and now to another, key and value: all are left.
CREATE TABLE realms (realm_id varchar PRIMARY KEY);
INSERT INTO realms SELECT md5('r' || n)::uuid FROM generate_series(1, 9) AS n;
INSERT INTO realms VALUES ('master');
CREATE TABLE users (user_id varchar PRIMARY KEY, realm_id varchar REFERENCES realms);
INSERT INTO users SELECT md5('u' || n)::uuid, md5('r' || n)::uuid FROM generate_series(1, 9) AS n;
CREATE TABLE groups (group_id varchar PRIMARY KEY);
INSERT INTO groups SELECT md5('g' || n)::uuid FROM generate_series(1, 9) AS n;
CREATE TABLE remarks (remark_id varchar PRIMARY KEY, subject_id varchar NOT NULL);
INSERT INTO remarks SELECT md5('m' || n)::uuid, md5(CASE n % 2 WHEN 0 THEN 'u' ELSE 'g' END || n)::uuid FROM generate_series(1, 9) AS n;
CREATE TABLE settings (key varchar PRIMARY KEY, value varchar);
INSERT INTO settings VALUES ('theme', 'dark'), ('site', md5('s')::uuid), ('limit', '10');
