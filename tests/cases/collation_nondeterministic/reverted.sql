SELECT batch_id = 'batch_' || md5('b2') FROM jobs WHERE n = 4;
