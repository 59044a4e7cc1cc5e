-- Duplicates and nothing unique: a log.
CREATE TABLE log (at timestamp, batch_id varchar, line text);
INSERT INTO log SELECT '2024-01-01', 'batch_' || md5('b' || n % 3), 'line ' || n FROM generate_series(1, 30) AS n;
