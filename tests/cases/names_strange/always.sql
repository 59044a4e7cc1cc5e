DELETE FROM "data.v2 %s"."tab ""x"" {0}" WHERE "größe; --" = 1;
SELECT count(*) = 2 FROM "data.v2 %s"."Ж\t$uuidkit$";
