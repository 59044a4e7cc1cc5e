SELECT array_agg(table_name || '.' || column_name ORDER BY 1) = '{groups.group_id,remarks.remark_id,users.user_id}'
  FROM (SELECT table_name, column_name FROM information_schema.columns WHERE data_type = 'uuid' AND table_schema = 'public' ORDER BY 1, 2) AS c (table_name, column_name);
SELECT count(*) = 9 FROM users JOIN realms USING (realm_id);
