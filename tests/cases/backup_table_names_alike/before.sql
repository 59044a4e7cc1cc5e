-- Columns called like those of the table of the texts, and like what stands in the statements that use it.
CREATE TABLE orders (id text PRIMARY KEY, position text REFERENCES orders, n integer);
CREATE TABLE people (number varchar(60) PRIMARY KEY, k integer);
CREATE TABLE lines (id text, n integer);
CREATE TABLE notes (old text, rows text, id integer);
INSERT INTO orders SELECT 'order_' || md5('o' || n), CASE WHEN n > 1 THEN 'order_' || md5('o1') END, n FROM generate_series(1, 3) AS n;
INSERT INTO people SELECT 'p_' || md5('p' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO lines SELECT id, n FROM orders;
INSERT INTO notes SELECT md5('n' || n)::uuid, 'row_' || md5('r' || n), n FROM generate_series(1, 3) AS n;
