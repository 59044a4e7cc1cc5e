CREATE SCHEMA core;
CREATE SCHEMA billing;
CREATE TABLE core.customers (id varchar PRIMARY KEY, n integer);
CREATE TABLE billing.customers (id varchar PRIMARY KEY REFERENCES core.customers ON DELETE CASCADE, plan text);
CREATE TABLE billing.payments (
    id serial PRIMARY KEY,
    customer varchar NOT NULL CONSTRAINT payer REFERENCES billing.customers (id)
);
CREATE TABLE customers (id varchar, note text);
INSERT INTO core.customers SELECT 'cus_' || md5('c' || n), n FROM generate_series(1, 4) AS n;
INSERT INTO billing.customers SELECT id, 'basic' FROM core.customers WHERE n < 4;
INSERT INTO billing.payments (customer) SELECT id FROM billing.customers;
INSERT INTO customers VALUES ('not', 'one of them');
