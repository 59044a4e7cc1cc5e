-- The owner has taken the right to read away from itself; without it no value can be judged.
CREATE TABLE users (user_id varchar PRIMARY KEY);
INSERT INTO users SELECT md5('u' || n)::uuid FROM generate_series(1, 3) AS n;
REVOKE SELECT ON users FROM CURRENT_USER;
