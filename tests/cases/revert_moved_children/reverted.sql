SELECT batch_id = ' 311 ' FROM jobs WHERE n = 1;
SELECT batch_id = upper(md5('c')::uuid::text) FROM jobs WHERE n = 2;
SELECT batch_id = 'batch_' || md5('b2') FROM jobs WHERE n = 4;
SELECT count(*) = 4 FROM jobs JOIN batches USING (batch_id);
