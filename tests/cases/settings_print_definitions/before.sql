-- The server prints these definitions otherwise after each change of a setting; nothing has changed for all that.
SELECT current_database() AS db \gset
ALTER DATABASE :"db" SET "DateStyle" = 'SQL, DMY';
ALTER DATABASE :"db" SET "TimeZone" = 'Asia/Tokyo';
ALTER DATABASE :"db" SET "IntervalStyle" = 'iso_8601';
ALTER DATABASE :"db" SET extra_float_digits = -8;
CREATE TABLE batches (batch_id varchar PRIMARY KEY, at timestamptz, d date, i interval, f double precision, b bytea);
CREATE INDEX ix_date ON batches (batch_id) WHERE d > '2024-02-29' AND at > '2024-02-29 12:00:00+00';
CREATE INDEX ix_rest ON batches (batch_id) WHERE i > '1 day 02:03' AND f > 0.1234567890123456 AND b <> '\xdeadbeef';
INSERT INTO batches VALUES (md5('a'), '2025-02-03 04:05:06+00', '2025-02-03', '2 days', 0.30000000000000004, '\x00');
CREATE VIEW not_new AS SELECT batch_id FROM batches WHERE at::text <> 'c:\new' AND d::text NOT LIKE '%\_''%';
