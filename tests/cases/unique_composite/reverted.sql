-- The new row of an old id gets an old text of it, the new id the only prefixed form.
SELECT batch_id = 'batch_' || md5('b2') FROM batches WHERE tenant = 4 AND batch_id LIKE '%' || md5('b2');
SELECT batch_id = 'batch_0a0a0a0a000040008000000000000001' FROM batches WHERE tenant = 6;
