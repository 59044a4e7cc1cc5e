CREATE TABLE carts (cart_id text PRIMARY KEY, total numeric(10, 2));
CREATE TABLE cart_items (cart_id text REFERENCES carts ON DELETE CASCADE, sku text, PRIMARY KEY (cart_id, sku));
INSERT INTO carts SELECT 'cart:' || md5('cart' || n), n FROM generate_series(1, 5) AS n;
INSERT INTO cart_items SELECT cart_id, 'sku-1' FROM carts;
INSERT INTO cart_items SELECT cart_id, 'sku-2' FROM carts;
