SELECT count(*) = 0 FROM pg_constraint WHERE contype = 'f';
SELECT "batchId" = 'batch_' || md5('b3') FROM "Domains" WHERE domain = 'new.example.org';
SELECT "batchId" = md5('b3') FROM "Domains" WHERE domain = 'd3.example.org';
