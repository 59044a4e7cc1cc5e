SELECT batch_id = '0a0a0a0a-0000-4000-8000-000000000001' FROM jobs WHERE n = 3;
SELECT count(batch_id) = 1 FROM jobs;
