SELECT "batchId" = 'batch_0a0a0a0a000040008000000000000001' FROM "Shop"."Order" WHERE "select" = 9;
SELECT count(*) = 2 FROM "Shop"."User" WHERE "order" = 'batch_' || md5('o1');
