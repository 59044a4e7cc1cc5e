SELECT bool_and(short = left(batch_id::text, 8)) FROM batches;
