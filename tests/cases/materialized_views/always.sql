SELECT count(*) = 3 FROM counted;
SELECT count(*) = 3 AND max(count) = 3 FROM topmost;
-- refused 55000
SELECT FROM never;
SELECT indisclustered FROM pg_index WHERE indexrelid = '"Counted"'::regclass;
REFRESH MATERIALIZED VIEW never;
SELECT count(*) = 3 FROM never;
-- refused 23505
DO $$ BEGIN ALTER TABLE jobs DISABLE TRIGGER USER; CREATE UNIQUE INDEX ON counted ((1)); END $$;
