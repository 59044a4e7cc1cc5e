-- refused 23P01
INSERT INTO rooms VALUES (9, md5('r1')::uuid);
