ALTER TABLE batches ADD CONSTRAINT never_empty CHECK (batch_id IS NOT NULL);
