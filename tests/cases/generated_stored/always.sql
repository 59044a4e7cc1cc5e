SELECT array_agg(part ORDER BY n) = '{some 1,some 2,some 3}' FROM batches;
INSERT INTO batches (batch_id, n) VALUES ('0a0a0a0a-0000-4000-8000-000000000001', 4) RETURNING part = 'some 4';
SELECT has_column_privilege('case_reader', 'batches', 'part', 'UPDATE WITH GRANT OPTION');
SELECT attnum = 3 OR current_setting('server_version_num')::integer < 170000
  FROM pg_attribute WHERE attrelid = 'batches'::regclass AND attname = 'part';
