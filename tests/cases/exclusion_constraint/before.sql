CREATE TABLE rooms (
    n integer PRIMARY KEY,
    room_id varchar NOT NULL,
    CONSTRAINT one_booking EXCLUDE USING btree (room_id WITH =) WHERE (n > 0) DEFERRABLE,
    CONSTRAINT one_hash EXCLUDE USING hash (room_id WITH =)
);
INSERT INTO rooms SELECT n, 'room_' || md5('r' || n) FROM generate_series(1, 4) AS n;
