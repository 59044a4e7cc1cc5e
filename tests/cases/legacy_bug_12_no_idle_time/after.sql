SELECT count(*) = 3000 FROM batch_jobs WHERE batch_id = md5('b' || n)::uuid;
