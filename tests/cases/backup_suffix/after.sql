SELECT "batch_id was ""text""" = md5('a') FROM batches;
