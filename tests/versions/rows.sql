-- Rows of the legacy system: every format of batch id that occurred there, each once as a batch.
INSERT INTO batch_jobs (id, batch_id, tenant_id, processor_type, status, created_by, total_domains, completed_domains,
                        failed_domains, progress, batch_metadata, options, start_time, end_time, processing_time, error,
                        created_at, updated_at)
SELECT id, batch_id, '5c1f6f0e-7d43-4a0c-8d1e-2b9a64c0aa01', processor_type, 'completed',
       '5c1f6f0e-7d43-4a0c-8d1e-2b9a64c0bb01', 2, 1, 1, 1,
       jsonb_build_object('domain_count', 2, 'batch_id', batch_id), '{"max_concurrent": 5}',
       '2025-04-01 12:00:00', '2025-04-01 12:03:20.5', 200.5, NULL, '2025-04-01 11:59:59.125', '2025-04-01 12:03:21'
  FROM (VALUES
        ( 1, '3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f01', 'domain_batch'),                       -- canonical
        ( 2, '3F0A5B52-6C1D-4F5E-9A37-0C6B1D2E4F02', 'domain_batch'),                       -- upper case
        ( 3, '3f0a5b52-6C1D-4f5e-9A37-0c6b1d2E4F03', 'domain_batch'),                       -- mixed case
        ( 4, '3f0a5b526c1d4f5e9a370c6b1d2e4f04', 'domain_batch'),                           -- 32 hex
        ( 5, 'batch_3f0a5b526c1d4f5e9a370c6b1d2e4f05', 'domain_batch'),                     -- batch_<32hex>
        ( 6, 'batch_3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f06', 'domain_batch'),                 -- batch_<uuid>
        ( 7, 'batch_domain_sitemap_3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f07', 'sitemap'),       -- several words
        ( 8, 'sitemap_3f0a5b526c1d4f5e9a370c6b1d2e4f08', 'sitemap'),                        -- sitemap_<32hex>
        ( 9, 'places_3f0a5b526c1d4f5e9a370c6b1d2e4f09', 'places'),                          -- places_<32hex>
        (10, '3f0a5b52_6c1d_4f5e_9a37_0c6b1d2e4f10', 'domain_batch'),                       -- joined by underscores
        (11, 'batch_0c6b1d2e4f11', 'domain_batch'),                                         -- batch_<12hex>
        (12, 'job_1d2e4f12', 'domain_batch'),                                               -- job_<8hex>
        (13, 'batch_3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f01_0c6b1d13', 'domain_batch'),        -- batch 1's uuid, and more
        (14, 'batch_20250401_120000', 'domain_batch'),                                      -- a point in time
        (15, 'domain_batch_20250401_120000', 'domain_batch'),
        (16, '310', 'domain_batch'),                                                        -- a number
        (17, '  3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f17 ', 'domain_batch'),                    -- blanks around
        (18, 'batch-3f0a5b526c1d4f5e9a370c6b1d2e4f18', 'domain_batch'),                     -- a hyphen after the prefix
        (19, 'batch-0c6b1d2e4f19', 'domain_batch'),
        (20, '', 'domain_batch')                                                            -- empty
       ) AS legacy (id, batch_id, processor_type);

-- Each batch has a domain that says so in the same words.
INSERT INTO domains (id, tenant_id, domain, batch_id, status, created_by, meta_json, title, is_wordpress, tech_stack,
                     email_addresses, phone_numbers, last_scan, created_at, updated_at)
SELECT ('d0000000-0000-4000-8000-' || lpad(id::text, 12, '0'))::uuid, tenant_id, format('shop%s.example', id), batch_id,
       'completed', created_by, '{"wordpress": {"version": "6.4.3"}}', format('Shop "%s" – Überblick', id), id % 2 = 0,
       '{"woocommerce": true}', ARRAY['info@shop.example', NULL], ARRAY[]::text[], '2025-04-01 12:01:00',
       '2025-04-01 12:00:01', '2025-04-01 12:01:00'
  FROM batch_jobs;

-- Nothing held anybody to it: some name their batch in other words, one names none.
INSERT INTO domains (id, tenant_id, domain, batch_id, created_at, updated_at)
SELECT id::uuid, '5c1f6f0e-7d43-4a0c-8d1e-2b9a64c0aa01', domain, batch_id, '2025-04-02 08:00:00', '2025-04-02 08:00:00'
  FROM (VALUES
        ('d0000000-0000-4000-8000-000000000101', 'upper.example', '3F0A5B52-6C1D-4F5E-9A37-0C6B1D2E4F01'),      -- batch 1
        ('d0000000-0000-4000-8000-000000000104', 'prefix.example', 'batch_3f0a5b526c1d4f5e9a370c6b1d2e4f04'),   -- batch 4
        ('d0000000-0000-4000-8000-000000000105', 'bare.example', '3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f05'),       -- batch 5
        ('d0000000-0000-4000-8000-000000000117', 'trimmed.example', '3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f17'),    -- batch 17
        ('d0000000-0000-4000-8000-000000000200', 'alone.example', NULL)
       ) AS legacy (id, domain, batch_id);

-- Each batch has a job, tenants in the spellings that occurred; one job belongs to no batch.
INSERT INTO jobs (id, job_id, job_type, tenant_id, created_by, status, domain_id, progress, result_data, job_metadata,
                  batch_id, created_at, updated_at)
SELECT 1000 + b.id, ('a0000000-0000-4000-8000-' || lpad(b.id::text, 12, '0'))::uuid, 'domain_scan',
       CASE b.id % 3 WHEN 0 THEN '5C1F6F0E-7D43-4A0C-8D1E-2B9A64C0AA01'
                     WHEN 1 THEN '5c1f6f0e-7d43-4a0c-8d1e-2b9a64c0aa01'
                     ELSE '5c1f6f0e-7d43-4a0c-8d1e-2b9a64c0aa02' END,
       b.created_by, 'complete', d.id, 1, '{"pages": 3}', jsonb_build_object('batch_id', b.batch_id),
       b.batch_id, '2025-04-01 12:00:02', '2025-04-01 12:01:00'
  FROM batch_jobs AS b
  JOIN domains AS d ON d.domain = format('shop%s.example', b.id);
INSERT INTO jobs (id, job_id, job_type, tenant_id, status, batch_id, created_at, updated_at)
VALUES (1100, 'a0000000-0000-4000-8000-000000000100', 'domain_scan', '5c1f6f0e-7d43-4a0c-8d1e-2b9a64c0aa01', 'failed',
        NULL, '2025-04-01 12:00:02', '2025-04-01 12:01:00');

INSERT INTO contacts (id, domain_id, source_job_id, email, created_at, updated_at)
SELECT ('c0000000-0000-4000-8000-' || lpad(j.id::text, 12, '0'))::uuid, j.domain_id, j.job_id, 'info@shop.example',
       '2025-04-01 12:01:00', '2025-04-01 12:01:00'
  FROM jobs AS j
 WHERE j.domain_id IS NOT NULL;

SELECT setval('batch_jobs_id_seq', 20), setval('jobs_id_seq', 1100);
