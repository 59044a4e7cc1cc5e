SELECT "id.1 %(a)s" = md5('x1')::uuid FROM "data.v2 %s"."tab ""x"" {0}" WHERE "größe; --" = 1;
