-- A mapper that quotes everything: capitals, reserved words, a table called Order.
CREATE SCHEMA "Shop";
CREATE TABLE "Shop"."Order" (
    "batchId" varchar(60) CONSTRAINT "PK_Order" PRIMARY KEY,
    "select" integer NOT NULL DEFAULT 0
);
CREATE TABLE "Shop"."User" (
    "Id" integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "order" varchar(60) CONSTRAINT "FK_User_Order" REFERENCES "Shop"."Order" ("batchId") ON DELETE SET NULL
);
CREATE INDEX "IX_User_order" ON "Shop"."User" ("order");
COMMENT ON COLUMN "Shop"."Order"."batchId" IS 'it''s the "id"';
INSERT INTO "Shop"."Order" SELECT 'batch_' || md5('o' || n), n FROM generate_series(1, 4) AS n;
INSERT INTO "Shop"."User" ("order") SELECT "batchId" FROM "Shop"."Order";
