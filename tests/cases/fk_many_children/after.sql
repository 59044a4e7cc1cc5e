SELECT count(*) = 21 FROM information_schema.columns WHERE column_name = 'hub_id' AND data_type = 'uuid';
