CREATE TABLE events (event_id varchar, kind varchar, place varchar);
CREATE STATISTICS together (dependencies, ndistinct, mcv) ON event_id, kind FROM events;
CREATE STATISTICS apart ON kind, place FROM events;
ALTER STATISTICS apart SET STATISTICS 300;
COMMENT ON STATISTICS together IS 'they go together';
INSERT INTO events SELECT md5('e' || n), 'k' || n % 2, 'p' FROM generate_series(1, 50) AS n;
ANALYZE events;
