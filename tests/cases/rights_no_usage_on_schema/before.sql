-- A schema that its own owner may not look into.
CREATE SCHEMA hidden;
CREATE TABLE hidden.users (user_id varchar PRIMARY KEY);
INSERT INTO hidden.users SELECT md5('u' || n)::uuid FROM generate_series(1, 3) AS n;
REVOKE USAGE ON SCHEMA hidden FROM CURRENT_USER;
