INSERT INTO "Shop"."Order" VALUES ('0a0a0a0a-0000-4000-8000-000000000001', 9);
INSERT INTO "Shop"."User" ("order") SELECT "batchId" FROM "Shop"."Order" WHERE "select" IN (1, 9);
