-- Neither column alone collides; the pair does, and both refer to users.
CREATE TABLE users (user_id varchar PRIMARY KEY);
CREATE TABLE friends (user_id varchar, friend_user_id varchar, CONSTRAINT pair UNIQUE (user_id, friend_user_id));
INSERT INTO users SELECT md5('u' || n) FROM generate_series(1, 4) AS n;
INSERT INTO friends VALUES (md5('u1'), md5('u2')), ('u_' || md5('u1'), 'u_' || md5('u2')), (md5('u1'), md5('u3'));
