SELECT array_agg(table_name::text ORDER BY table_name) = '{batch_jobs,domains,jobs,jobs_backup}'
  FROM information_schema.columns WHERE column_name = 'batch_id' AND data_type = 'uuid';
SELECT data_type = 'character varying' FROM information_schema.columns WHERE column_name = 'tenant_id';
