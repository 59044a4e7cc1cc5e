CREATE POLICY mine ON batches FOR SELECT USING (batch_id = nullif(current_setting('app.batch', true), '')::uuid);
