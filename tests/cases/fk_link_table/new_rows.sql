INSERT INTO users VALUES ('0a0a0a0a-0000-4000-8000-000000000001', 9);
INSERT INTO members SELECT u.user_id, g.group_id FROM users u, groups g WHERE u.n = 9 AND g.n = 1;
