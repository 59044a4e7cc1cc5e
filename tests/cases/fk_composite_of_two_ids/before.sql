-- Both columns of the key are ids, and the child lists them in the other order.
CREATE TABLE seats (hall_id varchar, seat_id varchar, n integer, PRIMARY KEY (hall_id, seat_id));
CREATE TABLE tickets (
    n serial PRIMARY KEY,
    seat_id varchar,
    hall_id varchar,
    CONSTRAINT of_seat FOREIGN KEY (seat_id, hall_id) REFERENCES seats (seat_id, hall_id) ON UPDATE CASCADE
);
INSERT INTO seats SELECT 'hall_' || md5('h' || n % 2), 'seat_' || md5('s' || n), n FROM generate_series(1, 4) AS n;
INSERT INTO tickets (seat_id, hall_id) SELECT seat_id, hall_id FROM seats ORDER BY n;
