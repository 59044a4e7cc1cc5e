SELECT count(*) = 2 FROM jobs JOIN batches ON origin = batch_id;
SELECT data_type = 'character varying' FROM information_schema.columns WHERE table_name = 'notes' AND column_name = 'origin';
