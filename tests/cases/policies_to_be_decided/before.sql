-- Compared with a setting: after the change the first would deny everybody, the second admit everybody.
CREATE ROLE case_tenant;
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
INSERT INTO batches SELECT 'batch_' || md5('b' || n), n FROM generate_series(1, 4) AS n;
GRANT ALL ON batches TO case_tenant;
ALTER TABLE batches ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON batches FOR SELECT USING (batch_id = current_setting('app.batch', true));
CREATE POLICY not_this ON batches AS RESTRICTIVE FOR DELETE USING (batch_id <> current_setting('app.batch', true));
CREATE POLICY anybody ON batches FOR DELETE USING (true);
