DELETE FROM "user"."table" WHERE "end" = 1;
SELECT count(*) = 2 FROM "select";
