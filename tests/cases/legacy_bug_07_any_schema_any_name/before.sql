-- Once, schema and quotes were ignored, and a child without a column id could not be converted.
CREATE SCHEMA "Scraper";
CREATE TABLE "Scraper"."Batch Jobs" ("Batch-Id" varchar PRIMARY KEY);
CREATE TABLE "Scraper"."no id" ("Batch-Id" varchar REFERENCES "Scraper"."Batch Jobs" ON DELETE CASCADE);
CREATE TABLE "no id" ("Batch-Id" varchar);
INSERT INTO "Scraper"."Batch Jobs" SELECT 'batch_' || md5('b' || n) FROM generate_series(1, 3) AS n;
INSERT INTO "Scraper"."no id" SELECT * FROM "Scraper"."Batch Jobs";
INSERT INTO "no id" VALUES ('not an id');
