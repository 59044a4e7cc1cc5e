-- Rows with every spelling of an id that occurred. All of it follows from row numbers: the same on every run.

-- The digits of row n of some kind, made like those of a random uuid (version 4).
CREATE FUNCTION pg_temp.hex(kind text, n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT overlay(overlay(md5(kind || n) PLACING '4' FROM 13) PLACING 'a' FROM 17)
$$;

-- The batch id of batch n, as whatever release of the old backend made it would have spelled it.
CREATE FUNCTION pg_temp.batch_id(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN n = 7 THEN ''
    WHEN n = 310 THEN '310'
    WHEN n % 40 < 5 THEN hex::uuid::text
    WHEN n % 40 < 7 THEN upper(hex::uuid::text)
    WHEN n % 40 < 12 THEN hex
    WHEN n % 40 < 21 THEN 'batch_' || hex
    WHEN n % 40 < 26 THEN 'batch_' || hex::uuid
    WHEN n % 40 < 28 THEN 'batch_domain_sitemap_' || hex::uuid
    WHEN n % 40 < 30 THEN 'sitemap_' || hex
    WHEN n % 40 = 30 THEN 'places_' || hex
    WHEN n % 40 = 31 THEN replace(hex::uuid::text, '-', '_')
    WHEN n % 40 = 32 THEN ' ' || hex::uuid || ' '
    WHEN n % 40 = 33 THEN 'batch-' || hex
    WHEN n % 40 = 34 THEN 'batch_' || left(hex, 12)
    WHEN n % 40 = 35 THEN 'job_' || left(hex, 8)
    -- The uuid in this one is another batch's.
    WHEN n % 40 = 36 THEN 'batch_' || pg_temp.hex('batch', n - 35)::uuid || '_' || left(hex, 8)
    WHEN n % 40 = 37 THEN 'batch_' || to_char(timestamp '2025-04-01' + n * interval '37 min', 'YYYYMMDD_HH24MISS')
    WHEN n % 40 = 38 THEN 'domain_batch_' || to_char(timestamp '2025-04-01' + n * interval '37 min', 'YYYYMMDD_HH24MISS')
    ELSE 'batch_' || hex
  END
  FROM (SELECT pg_temp.hex('batch', n)) AS digits (hex)
$$;

INSERT INTO batch_jobs (batch_id, tenant_id, processor_type, status, total_domains, completed_domains, failed_domains,
                        progress, options, start_time, end_time, created_at, updated_at)
SELECT pg_temp.batch_id(n), pg_temp.hex('tenant', n % 5)::uuid, 'domain',
       CASE n % 9 WHEN 0 THEN 'failed' WHEN 1 THEN 'pending' ELSE 'completed' END, 8, 7, 1, 1,
       '{"max_pages": 1000}', created, created + interval '4 min', created, created + interval '4 min'
  FROM generate_series(1, 1200) AS n, LATERAL (SELECT timestamp '2025-04-01' + n * interval '37 min') AS at (created);

INSERT INTO domains (id, tenant_id, domain, batch_id, status, title, language, is_wordpress, created_at, updated_at)
SELECT pg_temp.hex('domain', n)::uuid, pg_temp.hex('tenant', n % 5)::uuid, 'shop-' || n || '.example',
       CASE WHEN n % 25 = 0 THEN NULL
            -- The page passed the id on without its prefix.
            WHEN n % 200 = 13 THEN pg_temp.hex('batch', 1 + n % 1200)::uuid::text
            ELSE pg_temp.batch_id(1 + n % 1200) END,
       'completed', 'Shop ' || n, 'en', n % 3 = 0, created, created
  FROM generate_series(1, 9600) AS n, LATERAL (SELECT timestamp '2025-04-01' + n * interval '4 min') AS at (created);

INSERT INTO jobs (job_id, job_type, tenant_id, status, domain_id, progress, batch_id, created_at, updated_at)
SELECT pg_temp.hex('job', n)::uuid, 'domain_scan', pg_temp.hex('tenant', n % 5)::uuid::text,
       CASE WHEN n % 9 = 0 THEN 'failed' ELSE 'completed' END, pg_temp.hex('domain', n)::uuid, 1,
       CASE WHEN n % 50 <> 0 THEN pg_temp.batch_id(1 + n % 1200) END, created, created
  FROM generate_series(1, 7200) AS n, LATERAL (SELECT timestamp '2025-04-01' + n * interval '4 min') AS at (created);

INSERT INTO contacts (id, domain_id, source_job_id, email, created_at, updated_at)
SELECT pg_temp.hex('contact', n)::uuid, pg_temp.hex('domain', n)::uuid, pg_temp.hex('job', n)::uuid,
       'info@shop-' || n || '.example', created, created
  FROM generate_series(1, 3600) AS n, LATERAL (SELECT timestamp '2025-04-01' + n * interval '4 min') AS at (created);

INSERT INTO places (place_id, crm_contact_id, photo_md5, created_at)
SELECT 'ChIJ' || translate(encode(sha256(n::text::bytea), 'base64'), '+/=' || chr(10), '-_'),
       '4a' || lpad(n::text, 10, '0') || 'CRM', md5('photo' || n), timestamp '2025-04-01' + n * interval '4 min'
  FROM generate_series(1, 600) AS n;
