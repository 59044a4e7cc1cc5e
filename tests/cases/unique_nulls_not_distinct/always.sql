-- refused 23505
INSERT INTO accounts VALUES (4, NULL, 'dddddddd-dddd-4ddd-8ddd-dddddddddddd');
-- refused 23505
INSERT INTO accounts VALUES (4, 'dddddddd-dddd-4ddd-8ddd-dddddddddddd', NULL);
