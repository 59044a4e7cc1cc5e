SELECT array_agg("State") = '{done,done,done}' FROM "Views"."Shown";
SELECT count(*) = 3 FROM "Views".twice;
SELECT count(*) = 4 FROM joined;
SELECT count(*) = 6 AND sum(count) = 6 FROM grouped;
SELECT max(row_number) = 3 FROM windows;
SELECT count(*) = 13 FROM unions;
SELECT count(*) = 14 AND max(depth) = 3 FROM ways;
SELECT count = 6 FROM counted;
SELECT reloptions = '{security_invoker=true,security_barrier=false}' FROM pg_class WHERE relname = 'Shown';
-- refused 44000
INSERT INTO done_jobs ("State") VALUES ('new');
INSERT INTO done_jobs DEFAULT VALUES;
-- refused 44000
INSERT INTO local_check SELECT gen_random_uuid(), 'x', '';
