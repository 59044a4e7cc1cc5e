-- refused 23505
UPDATE batches SET deleted = false WHERE n = 2;
