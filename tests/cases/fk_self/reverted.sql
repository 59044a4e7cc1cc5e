SELECT node_id = 'n_0a0a0a0a000040008000000000000001' AND parent_id = 'n_' || md5('c1') FROM nodes WHERE depth = 3;
SELECT parent_id = 'n_0a0a0a0a000040008000000000000001' FROM nodes WHERE depth = 4;
