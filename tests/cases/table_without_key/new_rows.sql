INSERT INTO log VALUES ('2024-01-02', md5('b1')::uuid, 'late'), ('2024-01-02', '0a0a0a0a-0000-4000-8000-000000000001', 'new');
DELETE FROM log WHERE line = 'line 1';
