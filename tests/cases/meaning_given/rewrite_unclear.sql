ALTER TABLE batches ADD CONSTRAINT never_empty CHECK (length(batch_id) > 0);
