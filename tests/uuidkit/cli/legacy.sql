-- A small legacy database: ids as text in several spellings, one declared and one undeclared reference.
CREATE TABLE batch_jobs (
    id serial PRIMARY KEY,
    batch_id varchar NOT NULL UNIQUE DEFAULT 'batch_' || gen_random_uuid(),
    tenant_id uuid NOT NULL,
    status varchar NOT NULL DEFAULT 'pending',
    created_at timestamp NOT NULL DEFAULT now()
);
CREATE TABLE jobs (
    id serial PRIMARY KEY,
    job_id uuid UNIQUE,
    batch_id varchar REFERENCES batch_jobs (batch_id) ON DELETE SET NULL,
    status varchar(20) NOT NULL
);
CREATE INDEX ix_jobs_batch_id ON jobs (batch_id);
CREATE TABLE domains (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    domain varchar UNIQUE,
    batch_id varchar
);
CREATE INDEX ix_domains_batch_id ON domains (batch_id);

INSERT INTO batch_jobs (batch_id, tenant_id)
SELECT CASE n % 3
         WHEN 0 THEN md5('batch' || n)::uuid::text
         WHEN 1 THEN 'batch_' || md5('batch' || n)
         ELSE 'batch_' || md5('batch' || n)::uuid
       END,
       md5('tenant')::uuid
  FROM generate_series(1, 30) AS n;
INSERT INTO jobs (job_id, batch_id, status)
SELECT md5('job' || id)::uuid, batch_id, 'completed' FROM batch_jobs;
INSERT INTO domains (domain, batch_id)
SELECT 'shop' || id || '.example.org', batch_id FROM batch_jobs;
