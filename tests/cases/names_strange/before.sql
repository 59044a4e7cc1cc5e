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
