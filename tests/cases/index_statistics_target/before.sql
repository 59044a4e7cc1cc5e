-- A statistics target belongs to an index's expression, and the index is rebuilt.
CREATE TABLE events (event_id text NOT NULL, kind text);
CREATE INDEX by_kind ON events (event_id, lower(kind));
ALTER INDEX by_kind ALTER COLUMN 2 SET STATISTICS 500;
INSERT INTO events SELECT md5('e' || n), 'K' FROM generate_series(1, 5) AS n;
