-- The tables of a batch scanner as its old backend made them: ids as text, one foreign key that was never declared
-- (domains.batch_id), and one table of ids that are nobody's uuid (places).

CREATE TABLE batch_jobs (
  id serial PRIMARY KEY,
  batch_id varchar NOT NULL UNIQUE,
  tenant_id uuid NOT NULL,
  processor_type varchar NOT NULL,
  status varchar NOT NULL DEFAULT 'pending',
  created_by uuid,
  total_domains integer DEFAULT 0,
  completed_domains integer DEFAULT 0,
  failed_domains integer DEFAULT 0,
  progress double precision DEFAULT 0,
  batch_metadata jsonb,
  options jsonb,
  start_time timestamp,
  end_time timestamp,
  processing_time double precision,
  error varchar,
  created_at timestamp NOT NULL DEFAULT now(),
  updated_at timestamp NOT NULL DEFAULT now()
);
COMMENT ON COLUMN batch_jobs.batch_id IS 'What the HTTP interface calls the batch.';

CREATE TABLE domains (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  domain varchar NOT NULL UNIQUE,
  batch_id varchar,
  status varchar DEFAULT 'pending',
  created_by uuid,
  meta_json jsonb,
  title varchar,
  description varchar,
  favicon_url varchar,
  logo_url varchar,
  language varchar,
  is_wordpress boolean,
  wordpress_version varchar,
  has_elementor boolean,
  tech_stack jsonb,
  email_addresses text[],
  phone_numbers text[],
  facebook_url varchar,
  twitter_url varchar,
  linkedin_url varchar,
  instagram_url varchar,
  youtube_url varchar,
  last_scan timestamp,
  created_at timestamp NOT NULL DEFAULT now(),
  updated_at timestamp NOT NULL DEFAULT now()
);
CREATE INDEX domains_batch_id_idx ON domains (batch_id);

CREATE TABLE jobs (
  id serial PRIMARY KEY,
  job_id uuid NOT NULL UNIQUE,
  job_type varchar NOT NULL,
  tenant_id varchar(255) NOT NULL,
  created_by uuid,
  status varchar NOT NULL DEFAULT 'pending',
  domain_id uuid REFERENCES domains ON DELETE SET NULL,
  progress double precision DEFAULT 0,
  result_data jsonb,
  job_metadata jsonb,
  error varchar,
  batch_id varchar REFERENCES batch_jobs (batch_id) ON DELETE SET NULL,
  created_at timestamp NOT NULL DEFAULT now(),
  updated_at timestamp NOT NULL DEFAULT now()
);
CREATE INDEX jobs_batch_id_idx ON jobs (batch_id);

CREATE TABLE contacts (
  id uuid PRIMARY KEY,
  domain_id uuid REFERENCES domains ON DELETE CASCADE,
  source_job_id uuid REFERENCES jobs (job_id) ON DELETE SET NULL,
  email varchar,
  created_at timestamp NOT NULL DEFAULT now(),
  updated_at timestamp NOT NULL DEFAULT now(),
  UNIQUE (domain_id, email)
);

CREATE TABLE places (
  id serial PRIMARY KEY,
  place_id varchar NOT NULL UNIQUE,
  crm_contact_id varchar,
  photo_md5 varchar,
  created_at timestamp NOT NULL DEFAULT now()
);
