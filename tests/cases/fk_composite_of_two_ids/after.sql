SELECT count(*) = 4 FROM tickets JOIN seats USING (seat_id, hall_id, n);
