SELECT count(*) = 1 FROM l3 WHERE id = 'x_' || md5('l1');
