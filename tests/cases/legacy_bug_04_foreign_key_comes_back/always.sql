DELETE FROM batch_jobs WHERE id = 1;
SELECT batch_id IS NULL FROM jobs WHERE id = 1;
