SELECT array_agg(table_name || '.' || column_name ORDER BY table_name, column_name) = '{orders.order_id,orders.user_id,tokens.token_id,users.user_id}'
  FROM information_schema.columns WHERE data_type = 'uuid' AND table_schema = 'public';
SELECT count(*) = 3 FROM uuidkit.conversions;
