DELETE FROM users WHERE n = 1;
DELETE FROM groups WHERE n = 1;
SELECT count(*) = 6 FROM members;
