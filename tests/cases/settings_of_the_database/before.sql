-- Whatever the database or role has set, the conversion means the same.
SELECT current_database() AS db \gset
ALTER DATABASE :"db" SET standard_conforming_strings = off;
ALTER DATABASE :"db" SET search_path = app, public;
ALTER DATABASE :"db" SET default_transaction_isolation = 'serializable';
ALTER DATABASE :"db" SET statement_timeout = '60s';
ALTER DATABASE :"db" SET lock_timeout = '55s';
ALTER DATABASE :"db" SET "DateStyle" = 'German';
ALTER DATABASE :"db" SET quote_all_identifiers = on;
ALTER DATABASE :"db" SET bytea_output = 'escape';
ALTER DATABASE :"db" SET transform_null_equals = on;
ALTER DATABASE :"db" SET enable_indexscan = off;
CREATE SCHEMA app;
CREATE TABLE app.batches (batch_id varchar PRIMARY KEY DEFAULT 'batch_' || gen_random_uuid(), n integer);
CREATE TABLE app.jobs (n serial, batch_id varchar REFERENCES app.batches ON DELETE CASCADE DEFERRABLE);
CREATE INDEX ON app.jobs (batch_id) WHERE n IS NOT NULL;
INSERT INTO app.batches VALUES ('batch_' || md5('a'), 1), ('310', 2), ('b\_''x''', 3);
INSERT INTO app.jobs (batch_id) SELECT batch_id FROM app.batches;
