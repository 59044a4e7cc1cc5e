SELECT pg_get_serial_sequence('batches', 'batch_id') = 'public.batch_numbers';
