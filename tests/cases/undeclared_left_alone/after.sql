SELECT array_agg(table_name || '.' || column_name ORDER BY table_name) = '{users.user_id,users_backup.user_id}'
  FROM information_schema.columns WHERE data_type = 'uuid' AND table_schema = 'public';
