-- A view and an index over the ids of two graphs each, which are left away until the way back.
CREATE TABLE senders (id varchar(36) PRIMARY KEY, reply_id varchar(36), sent date);
CREATE TABLE receivers (id text PRIMARY KEY, kind text);
INSERT INTO senders SELECT md5('s' || n)::uuid, md5('a' || n)::uuid, '2024-03-01' FROM generate_series(1, 9) AS n;
INSERT INTO receivers SELECT md5('r' || n)::uuid, 'post' FROM generate_series(1, 9) AS n;
CREATE VIEW alike AS SELECT s.sent, r.kind FROM senders s JOIN receivers r ON left(s.id, 1) = left(r.id, 1);
CREATE INDEX two_beginnings ON senders (left(id, 4), (reply_id || '') COLLATE "C" text_pattern_ops);
