-- Two graphs, one transaction each: the objects that hang on both go and come twice, and twice on the way back.
CREATE TABLE users (user_id varchar PRIMARY KEY, name text);
CREATE TABLE orders (order_id varchar PRIMARY KEY, user_name text, user_id varchar REFERENCES users);
CREATE TABLE items (item_id varchar PRIMARY KEY, n integer);
INSERT INTO users SELECT 'user_' || md5('u' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO orders SELECT 'order_' || md5('o' || n), n, 'user_' || md5('u' || n) FROM generate_series(1, 3) AS n;
INSERT INTO items SELECT 'item_' || md5('i' || n), n FROM generate_series(1, 3) AS n;
CREATE VIEW lines AS SELECT u.user_id, o.order_id, i.item_id, n FROM users u JOIN orders o USING (user_id) JOIN items i ON i.n::text = u.name;
CREATE VIEW of_lines AS SELECT user_id, order_id FROM lines;
CREATE MATERIALIZED VIEW stored AS SELECT * FROM of_lines;
CREATE INDEX ON stored (order_id, user_id);
CREATE INDEX both_ids ON orders (user_name) WHERE order_id IS NOT NULL AND user_id IS NOT NULL;
CREATE POLICY both_ids ON orders USING (order_id IS NOT NULL AND user_id IS NOT NULL);
COMMENT ON VIEW lines IS 'all of them';
CREATE FUNCTION all_lines() RETURNS SETOF lines STABLE LANGUAGE sql AS 'SELECT * FROM public.lines';
-- With one graph's column alone no row comes out: the verdict over all of them has to stay.
CREATE TABLE parts (part_id char(40) PRIMARY KEY, n integer NOT NULL);
CREATE TABLE places (place_id text PRIMARY KEY, n integer NOT NULL);
INSERT INTO places SELECT 'place_' || md5('p' || n), n FROM generate_series(1, 3) AS n;
CREATE VIEW joined AS SELECT a.part_id AS one, b.place_id AS other FROM parts a LEFT JOIN places b ON a.n = b.n WHERE b.place_id IS NOT NULL;
