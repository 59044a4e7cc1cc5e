SELECT array_agg(table_name || '.' || column_name) = '{logins.login_id}'
  FROM information_schema.columns WHERE data_type = 'uuid' AND table_schema = 'public';
