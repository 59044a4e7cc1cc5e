SELECT count(*) = 9 AND count(line_id) = 9 FROM placed;
SELECT count(*) = 9 FROM orders o LEFT JOIN orders r ON r.order_id = o.replaces WHERE (o.replaces IS NULL) = (r.order_id IS NULL);
