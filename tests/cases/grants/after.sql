SELECT has_column_privilege('case_reader', 'batches', 'batch_id', 'SELECT, UPDATE');
SELECT NOT has_column_privilege('case_reader', 'batches', 'secret', 'SELECT');
-- The backup is no wider open than the table is.
SELECT NOT has_column_privilege('case_reader', 'batches', 'batch_id_original', 'SELECT');
SELECT has_column_privilege('case_writer', 'batches', 'batch_id', 'SELECT WITH GRANT OPTION');
