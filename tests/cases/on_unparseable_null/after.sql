SELECT count(batch_id) = 2 AND count(batch_id_original) = 5 FROM jobs;
SELECT batch_id_original = '310' AND batch_id IS NULL FROM jobs WHERE n = 2;
