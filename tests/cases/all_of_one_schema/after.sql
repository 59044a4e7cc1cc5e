SELECT array_agg(table_name || '.' || column_name ORDER BY table_name) = '{calls.person_id,people.person_id}'
  FROM information_schema.columns WHERE data_type = 'uuid' AND table_schema IN ('public', 'crm');
