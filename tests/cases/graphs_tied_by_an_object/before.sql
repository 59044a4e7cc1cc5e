-- Objects that are over texts or over uuids, and nothing in between, make one graph of several: UNION, an array, a row.
CREATE TABLE users (user_id varchar(60) PRIMARY KEY, name text);
CREATE TABLE orders (order_id varchar(60) PRIMARY KEY, user_id varchar(60) REFERENCES users, agent text);
CREATE TABLE agents (agent_id text PRIMARY KEY);
CREATE TABLE alone (alone_id text PRIMARY KEY, n integer);
INSERT INTO users SELECT 'user_' || md5('u' || n), 'name ' || n FROM generate_series(1, 4) AS n;
INSERT INTO orders SELECT 'order_' || md5('o' || n), 'user_' || md5('u' || n), 'agent_' || md5('a' || n) FROM generate_series(1, 4) AS n;
INSERT INTO agents SELECT 'agent_' || md5('a' || n) FROM generate_series(1, 4) AS n;
INSERT INTO alone SELECT 'alone_' || md5('l' || n), n FROM generate_series(1, 4) AS n;
CREATE VIEW everything AS SELECT 'user' AS kind, user_id AS id FROM users UNION ALL SELECT 'order', order_id FROM orders;
CREATE VIEW of_everything AS SELECT count(*), kind FROM everything WHERE id IS NOT NULL GROUP BY kind;
CREATE VIEW known AS SELECT a.agent_id, l.alone_id FROM agents a JOIN alone l ON l.n > 0;
CREATE TABLE pairs (one text UNIQUE, two text UNIQUE);
INSERT INTO pairs SELECT 'one_' || md5('1' || n), 'two_' || md5('2' || n) FROM generate_series(1, 4) AS n;
CREATE INDEX ON pairs USING gin ((ARRAY[one, two]));
