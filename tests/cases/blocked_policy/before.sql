CREATE TABLE batches (batch_id varchar PRIMARY KEY, owner name);
CREATE TABLE jobs (n integer, of_batch varchar);
INSERT INTO batches VALUES (md5('a'), 'x');
ALTER TABLE batches ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON batches USING (batch_id <> current_setting('app.batch', true));
CREATE POLICY theirs ON jobs FOR INSERT WITH CHECK (EXISTS (SELECT FROM batches WHERE batch_id = of_batch));
CREATE POLICY harmless ON batches FOR SELECT USING (owner = current_user);
