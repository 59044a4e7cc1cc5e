DELETE FROM domains;
DELETE FROM batch_jobs WHERE id = 14;
SELECT batch_id IS NULL FROM jobs WHERE id = 14;
SELECT count(*) = 20 FROM jobs WHERE batch_id IS NOT NULL;
