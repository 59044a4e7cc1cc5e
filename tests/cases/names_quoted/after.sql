SELECT "batchId" = md5('o2')::uuid FROM "Shop"."Order" WHERE "select" = 2;
SELECT "batchId_original" = 'batch_' || md5('o2') FROM "Shop"."Order" WHERE "select" = 2;
