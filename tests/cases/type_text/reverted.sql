SELECT cart_id = 'cart:0f0f0f0f00004000800000000000000b' FROM carts WHERE total = 99;
SELECT cart_id = 'cart:0f0f0f0f00004000800000000000000b' FROM cart_items WHERE sku = 'sku-9';
SELECT count(*) = 5 FROM carts;
