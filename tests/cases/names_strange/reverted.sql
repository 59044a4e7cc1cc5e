SELECT "id.1 %(a)s" = '0a0a0a0a-0000-4000-8000-000000000001' FROM "data.v2 %s"."tab ""x"" {0}" WHERE "größe; --" = 9;
