INSERT INTO plain VALUES ('0a0a0a0a-0000-4000-8000-000000000001', 4);
INSERT INTO by_rules VALUES ('0a0a0a0a-0000-4000-8000-000000000002', 9) RETURNING n = 9;
SELECT count(*) = 2 AND bool_and(line IN ('more', 'again')) FROM log;
DELETE FROM by_rules;
SELECT count(*) = 5 FROM batches;
INSERT INTO by_triggers VALUES ('0a0a0a0a-0000-4000-8000-000000000003', '7');
SELECT array_agg(line ORDER BY line) = '{INSERT off,INSERT put,INSERT twice}' FROM log WHERE line LIKE 'INS%';
UPDATE by_triggers SET up = 'x' WHERE up = '9';
SELECT count(*) = 1 FROM log WHERE line = 'UPDATE put';
