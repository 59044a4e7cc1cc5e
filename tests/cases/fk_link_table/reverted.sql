SELECT count(*) = 1 FROM members WHERE user_id = 'user_0a0a0a0a000040008000000000000001' AND group_id = 'group_' || md5('g1');
