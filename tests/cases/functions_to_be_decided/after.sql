SELECT prefixed() = 0;
CALL forget(md5('b2')::uuid::varchar);
SELECT count(*) = 2 FROM batches;
