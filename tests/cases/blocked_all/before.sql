-- --all: what stands in the way of one graph is named, and the other one is not begun.
CREATE TABLE users (user_id varchar PRIMARY KEY);
CREATE TABLE orders (order_id varchar PRIMARY KEY);
INSERT INTO users SELECT 'user_' || md5('u' || n) FROM generate_series(1, 5) AS n;
INSERT INTO orders SELECT 'order_' || md5('o' || n) FROM generate_series(1, 5) AS n;
CREATE VIEW seen AS SELECT order_id FROM orders WHERE order_id LIKE 'order%';
