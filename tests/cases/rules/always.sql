INSERT INTO batches VALUES ('0a0a0a0a-0000-4000-8000-000000000001', 4);
SELECT count(*) = 1 FROM log JOIN batches USING (batch_id) WHERE line = 'new';
UPDATE batches SET batch_id = '0a0a0a0a-0000-4000-8000-000000000002' WHERE n = 3;
SELECT count(*) = 1 FROM log WHERE line LIKE 'renamed%';
DELETE FROM batches;
SELECT count(*) = 1 FROM batches;
