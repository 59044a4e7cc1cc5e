-- Many to many: both halves of the primary key are foreign keys; two graphs meet in one table.
CREATE TABLE users (user_id varchar PRIMARY KEY, n integer);
CREATE TABLE groups (group_id varchar PRIMARY KEY, n integer);
CREATE TABLE members (
    user_id varchar REFERENCES users ON DELETE CASCADE,
    group_id varchar REFERENCES groups ON DELETE CASCADE,
    since date,
    PRIMARY KEY (user_id, group_id)
);
CREATE INDEX ON members (group_id, user_id) WHERE since IS NOT NULL;
INSERT INTO users SELECT 'user_' || md5('u' || n), n FROM generate_series(1, 4) AS n;
INSERT INTO groups SELECT 'group_' || md5('g' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO members SELECT user_id, group_id, '2024-02-29' FROM users, groups;
