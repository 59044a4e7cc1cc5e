SELECT batch_id = 'batch_' || md5('b1') FROM log WHERE line = 'late';
SELECT batch_id = 'batch_0a0a0a0a000040008000000000000001' FROM log WHERE line = 'new';
