SELECT cart_id = md5('cart3')::uuid FROM carts WHERE total = 3;
