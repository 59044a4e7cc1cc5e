SELECT batch_id = 'batch_0a0a0a0a000040008000000000000001' FROM batches WHERE note = 'new';
SELECT batch_id = 'batch_0a0a0a0a000040008000000000000001' AND other = md5('3') FROM jobs WHERE n = 1000;
SELECT batch_id = 'batch_' || md5('7') FROM jobs WHERE n = 1001;
SELECT batch_id = '310' FROM jobs WHERE n = 999;
