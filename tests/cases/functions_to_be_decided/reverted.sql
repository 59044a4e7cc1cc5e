SELECT prefixed() = 4;
CALL forget('batch_0a0a0a0a000040008000000000000001');
SELECT count(*) = 3 FROM batches;
