SELECT bool_and(how_many = 2) FROM counted WHERE id IN (md5('b1')::uuid, md5('b2')::uuid, md5('b3')::uuid);
