-- --all: two graphs and a lone key; what is no identifier stays.
CREATE TABLE users (user_id varchar PRIMARY KEY);
CREATE TABLE orders (order_id varchar PRIMARY KEY, user_id varchar REFERENCES users, coupon varchar);
CREATE TABLE tags (tag text PRIMARY KEY, colour text);
CREATE TABLE tokens (token_id varchar PRIMARY KEY);
INSERT INTO users SELECT 'user_' || md5('u' || n) FROM generate_series(1, 5) AS n;
INSERT INTO orders SELECT 'order_' || md5('o' || n), 'user_' || md5('u' || n), 'SPRING' FROM generate_series(1, 5) AS n;
INSERT INTO tags VALUES ('new', 'red'), ('old', 'grey');
INSERT INTO tokens SELECT md5('t' || n)::uuid FROM generate_series(1, 5) AS n;
