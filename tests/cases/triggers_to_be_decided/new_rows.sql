INSERT INTO batches VALUES ('71a65bb6-b21f-c1d1-d2bc-7dd6ae8c5bb6', 4);
UPDATE batches SET n = n;
