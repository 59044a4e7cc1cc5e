SELECT "order" = 'key/0a0a0a0a-0000-4000-8000-000000000001' FROM "user"."table" WHERE "end" = 9;
