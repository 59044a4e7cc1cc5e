-- Sender and receiver, and the same key declared twice by mistake.
CREATE TABLE users (user_id varchar PRIMARY KEY, n integer);
CREATE TABLE mails (
    id serial PRIMARY KEY,
    sender varchar NOT NULL REFERENCES users ON DELETE CASCADE,
    receiver varchar REFERENCES users ON DELETE SET NULL
);
ALTER TABLE mails ADD CONSTRAINT again FOREIGN KEY (sender) REFERENCES users ON DELETE CASCADE;
INSERT INTO users SELECT 'u_' || md5('u' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO mails (sender, receiver) SELECT a.user_id, b.user_id FROM users a, users b;
