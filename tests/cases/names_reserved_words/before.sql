CREATE SCHEMA "user";
CREATE TABLE "user"."table" ("order" text CONSTRAINT "primary" PRIMARY KEY, "end" integer);
CREATE TABLE "select" ("group" text CONSTRAINT "foreign" REFERENCES "user"."table" ON DELETE CASCADE, "all" integer);
CREATE INDEX "index" ON "select" ("group");
INSERT INTO "user"."table" SELECT 'key/' || md5('w' || n)::uuid, n FROM generate_series(1, 3) AS n;
INSERT INTO "select" SELECT "order", "end" FROM "user"."table";
