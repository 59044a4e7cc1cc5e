SELECT batch_id = 'batch_0a0a0a0a000040008000000000000001' FROM jobs WHERE n = 1;
SELECT batch_id IS NULL FROM jobs WHERE n = 2;
SELECT count(*) = 6 AND count(batch_id) = 3 FROM batches;
