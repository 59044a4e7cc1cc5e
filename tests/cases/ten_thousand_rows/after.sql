SELECT count(*) = (SELECT count(*) FROM jobs) FROM jobs j JOIN batches b USING (batch_id) WHERE b.batch_id = md5('b' || b.n)::uuid;
