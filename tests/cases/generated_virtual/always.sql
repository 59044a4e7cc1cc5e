SELECT count(*) = 3 FROM batches WHERE known AND label = batch_id::text;
SELECT count(*) = 3 FROM jobs WHERE given;
