CREATE INDEX later ON jobs (batch_id) WHERE n > 0;
ALTER TABLE jobs ADD CONSTRAINT declared_later FOREIGN KEY (batch_id) REFERENCES batches ON DELETE CASCADE;
ALTER TABLE jobs ADD COLUMN colour text DEFAULT 'red';
