-- The service's database as it was: a key that is not the primary key, one declared and one forgotten reference.
CREATE TABLE batch_jobs (
    id serial PRIMARY KEY,
    batch_id varchar NOT NULL UNIQUE,
    tenant_id uuid NOT NULL,
    processor_type varchar NOT NULL,
    status varchar NOT NULL DEFAULT 'pending',
    total_domains integer DEFAULT 0,
    progress double precision DEFAULT 0,
    batch_metadata jsonb,
    created_at timestamp NOT NULL DEFAULT now()
);
CREATE TABLE domains (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    domain varchar NOT NULL UNIQUE,
    batch_id varchar,
    tech_stack jsonb,
    email_addresses text[]
);
CREATE INDEX ix_domains_batch_id ON domains (batch_id);
CREATE TABLE jobs (
    id serial PRIMARY KEY,
    job_id uuid NOT NULL UNIQUE,
    job_type varchar NOT NULL,
    tenant_id varchar(255) NOT NULL,
    status varchar NOT NULL,
    domain_id uuid REFERENCES domains (id) ON DELETE SET NULL,
    batch_id varchar REFERENCES batch_jobs (batch_id) ON DELETE SET NULL
);
CREATE INDEX ix_jobs_batch_id ON jobs (batch_id);
CREATE TABLE contacts (
    id uuid PRIMARY KEY,
    domain_id uuid NOT NULL REFERENCES domains (id) ON DELETE CASCADE,
    source_job_id uuid REFERENCES jobs (job_id) ON DELETE SET NULL,
    email varchar NOT NULL,
    UNIQUE (domain_id, email)
);

INSERT INTO batch_jobs (batch_id, tenant_id, processor_type, created_at)
SELECT batch_id, 'a3b8c1d2-0001-4000-8000-000000000001', 'domain_scraper', '2025-04-12 10:15'
  FROM (VALUES ('687d53c4-1111-4222-8333-944455556601'),
               ('687D53C4-1111-4222-8333-944455556602'),
               ('687d53c4111142228333944455556603'),
               ('batch_687d53c4111142228333944455556604'),
               ('batch_687d53c4-1111-4222-8333-944455556605'),
               ('batch_domain_sitemap_687d53c4-1111-4222-8333-944455556606'),
               ('sitemap_687d53c4111142228333944455556607'),
               ('places_687d53c4111142228333944455556608'),
               ('687d53c4_1111_4222_8333_944455556609'),
               ('batch_687d53c4_1111_4222_8333_944455556610'),
               ('batch_0a1b2c3d4e5f'),
               ('job_687d53c4'),
               ('batch_687d53c4-1111-4222-8333-944455556601_0a1b2c3d'),
               ('batch_20250412_101500'),
               ('domain_batch_20250412_101500'),
               ('310'),
               ('  batch_687d53c4111142228333944455556611  '),
               ('batch-687d53c4111142228333944455556612'),
               ('{687d53c4-1111-4222-8333-944455556613}'),
               ('urn:uuid:687d53c4-1111-4222-8333-944455556614'),
               ('')) AS ids (batch_id);
INSERT INTO jobs (job_id, job_type, tenant_id, status, batch_id)
SELECT md5('job' || id)::uuid, 'scan', tenant_id::text, 'completed', batch_id FROM batch_jobs;
INSERT INTO jobs (job_id, job_type, tenant_id, status)
VALUES ('11111111-2222-4333-8444-555555555555', 'scan', 'a3b8c1d2-0001-4000-8000-000000000001', 'failed');
INSERT INTO domains (id, tenant_id, domain, batch_id)
SELECT md5('domain' || id)::uuid, tenant_id, 'shop' || id || '.example.org', batch_id FROM batch_jobs;
INSERT INTO domains (id, tenant_id, domain)
VALUES ('99999999-2222-4333-8444-555555555555', 'a3b8c1d2-0001-4000-8000-000000000001', 'alone.example.org');
