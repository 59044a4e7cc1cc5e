UPDATE batches SET n = n WHERE n = 1;
SELECT count(*) = 0 FROM audit;
UPDATE batches SET batch_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' WHERE n = 1;
SELECT count(*) = 1 FROM audit;
