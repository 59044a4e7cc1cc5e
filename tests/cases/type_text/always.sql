DELETE FROM carts WHERE total = 3;
SELECT count(*) = 8 FROM cart_items;
