-- Three graphs that meet in tables, in a composite key and in a partition's parent change as one, and back as one;
-- the fourth has no table in common with them.
CREATE TABLE customers (customer_id varchar PRIMARY KEY, region text NOT NULL);
CREATE TABLE orders (order_id text PRIMARY KEY, customer_id varchar NOT NULL REFERENCES customers ON DELETE CASCADE,
                     replaces text REFERENCES orders DEFERRABLE, UNIQUE (customer_id, order_id));
CREATE TABLE lines (line_id varchar(40) NOT NULL, made date NOT NULL, order_id text, customer_id varchar,
                    PRIMARY KEY (line_id, made),
                    FOREIGN KEY (customer_id, order_id) REFERENCES orders (customer_id, order_id)) PARTITION BY RANGE (made);
CREATE TABLE lines_old PARTITION OF lines FOR VALUES FROM (MINVALUE) TO ('2025-01-01');
CREATE TABLE lines_new PARTITION OF lines FOR VALUES FROM ('2025-01-01') TO (MAXVALUE);
CREATE TABLE tags (tag_id varchar PRIMARY KEY);
INSERT INTO customers SELECT 'cust_' || md5('c' || n), 'r' || n % 2 FROM generate_series(1, 5) AS n;
INSERT INTO orders SELECT md5('o' || n)::uuid, 'cust_' || md5('c' || 1 + n % 5), md5('o' || nullif(n / 2, 0))::uuid
  FROM generate_series(1, 9) AS n;
INSERT INTO lines SELECT upper(md5('l' || n)), date '2024-06-01' + n::int * 30, order_id, customer_id
  FROM (SELECT row_number() OVER (ORDER BY order_id) AS n, * FROM orders) AS o;
INSERT INTO tags SELECT 'tag_' || md5('t' || n) FROM generate_series(1, 3) AS n;
CREATE VIEW placed AS SELECT c.customer_id, o.order_id, l.line_id
  FROM customers c JOIN orders o USING (customer_id) LEFT JOIN lines l USING (customer_id, order_id);
CREATE INDEX pending ON orders (customer_id, replaces) WHERE order_id IS NOT NULL;
CREATE POLICY own ON lines USING (EXISTS (SELECT FROM orders o WHERE o.order_id = lines.order_id));
ALTER TABLE lines ENABLE ROW LEVEL SECURITY;
