SELECT batch_id = 'batch_0a0a0a0a000040008000000000000002' FROM jobs WHERE n = 2;
SELECT batch_id = '' FROM jobs WHERE n = 3;
SELECT batch_id IS NULL FROM jobs WHERE n = 7;
