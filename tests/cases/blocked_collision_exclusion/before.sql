CREATE TABLE rooms (n serial PRIMARY KEY, room_id varchar, CONSTRAINT once EXCLUDE USING hash (room_id WITH =));
INSERT INTO rooms (room_id) VALUES (md5('a')), ('room_' || md5('a'));
