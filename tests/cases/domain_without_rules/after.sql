SELECT column_default = $$'687d53c4-1111-4222-8333-944455556601'::uuid$$ FROM information_schema.columns
 WHERE table_name = 'jobs' AND column_name = 'made';
SELECT column_default IS NULL FROM information_schema.columns WHERE table_name = 'jobs' AND column_name = 'never';
SELECT data_type = 'character varying' AND domain_name IS NULL AND collation_name = 'POSIX'
  FROM information_schema.columns WHERE table_name = 'jobs' AND column_name = 'posix_original';
