SELECT count(*) = 3 FROM audit;
UPDATE batches SET state = 'old';
SELECT count(*) = 7 FROM audit;
