SELECT count(*) = 1 FROM log WHERE batch_id = 'batch_0b0b0b0b000040008000000000000001';
