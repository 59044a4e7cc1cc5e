-- --all --exclude: a column that is left out keeps everything that foreign keys tie to it; a mere reference is no tie.
CREATE TABLE users (user_id varchar PRIMARY KEY);
INSERT INTO users SELECT md5('u' || n)::uuid FROM generate_series(1, 9) AS n;
CREATE TABLE logins (login_id varchar PRIMARY KEY, user_id varchar REFERENCES users);
INSERT INTO logins SELECT md5('l' || n)::uuid, md5('u' || n)::uuid FROM generate_series(1, 9) AS n;
