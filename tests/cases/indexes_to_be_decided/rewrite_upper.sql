CREATE UNIQUE INDEX ix_upper ON batches (note, batch_id);
