CREATE TABLE users (user_id varchar PRIMARY KEY, name text);
CREATE TABLE orders (order_id varchar PRIMARY KEY, name text);
INSERT INTO users SELECT 'user_' || md5('u' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO orders SELECT 'order_' || md5('o' || n), n FROM generate_series(1, 3) AS n;
CREATE VIEW lines AS SELECT user_id, order_id FROM users JOIN orders USING (name);
