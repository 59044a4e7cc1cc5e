-- A new child of an old parent has the parent's text.
SELECT batch_id = (SELECT batch_id FROM batches WHERE batches.n = 1) FROM jobs ORDER BY n DESC LIMIT 1;
