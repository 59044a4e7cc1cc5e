-- Dots, blanks, quotes, percent signs, dollars, braces, backslashes, a line's end of sorts, and letters beyond ASCII.
CREATE SCHEMA "data.v2 %s";
CREATE TABLE "data.v2 %s"."tab ""x"" {0}" (
    "id.1 %(a)s" text CONSTRAINT "pk %d ""q""" PRIMARY KEY,
    "größe; --" integer
);
CREATE TABLE "data.v2 %s"."Ж\t$uuidkit$" (
    "ref'id :x" text CONSTRAINT "fk ' %" REFERENCES "data.v2 %s"."tab ""x"" {0}" ON DELETE CASCADE,
    n integer
);
CREATE INDEX "ix ""%""" ON "data.v2 %s"."Ж\t$uuidkit$" ("ref'id :x" DESC);
COMMENT ON CONSTRAINT "fk ' %" ON "data.v2 %s"."Ж\t$uuidkit$" IS E'100 %\n''$uuidkit$'' :p {}';
INSERT INTO "data.v2 %s"."tab ""x"" {0}" SELECT md5('x' || n)::uuid, n FROM generate_series(1, 3) AS n;
INSERT INTO "data.v2 %s"."Ж\t$uuidkit$" SELECT "id.1 %(a)s", 7 FROM "data.v2 %s"."tab ""x"" {0}";
-- psql has a variable of this name, and would put it in the place of what stands behind the colon.
CREATE VIEW slices AS SELECT s."ref'id :x" AS id, (ARRAY[1, 2, 3])[1: s."PORT"] AS first_ones
  FROM (SELECT "ref'id :x", n AS "PORT" FROM "data.v2 %s"."Ж\t$uuidkit$") AS s;
