-- Values that look like ids and are none: hashes, a key-value table, addresses, ids of other systems.
CREATE TABLE users (user_id varchar PRIMARY KEY);
CREATE TABLE files (n serial PRIMARY KEY, sha1 varchar, etag varchar, avatar_url text, gravatar varchar, place_id text);
CREATE TABLE settings (key text PRIMARY KEY, value text);
CREATE TABLE users_backup (user_id varchar, email varchar);
INSERT INTO users SELECT 'user_' || md5('u' || n) FROM generate_series(1, 5) AS n;
INSERT INTO files (sha1, etag, avatar_url, gravatar, place_id)
SELECT substr(encode(sha256(n::text::bytea), 'hex'), 1, 40), md5('file' || n), 'https://example.org/' || md5('u' || n)::uuid,
       md5('someone' || n || '@example.org'), 'ChIJ' || substr(md5('p' || n), 1, 23)
  FROM generate_series(1, 5) AS n;
INSERT INTO settings VALUES ('owner', 'user_' || md5('u1')), ('colour', 'blue');
INSERT INTO users_backup SELECT user_id, md5(user_id)::uuid || '@example.org' FROM users;
