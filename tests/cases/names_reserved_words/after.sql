SELECT "group" = md5('w2')::uuid FROM "select" WHERE "all" = 2;
