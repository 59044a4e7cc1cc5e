SELECT id = 'batch_0a0a0a0a000040008000000000000001' FROM below_checked WHERE id LIKE '%00000001';
SELECT base_id = 'batch_' || md5('7') FROM jobs WHERE n = 100;
