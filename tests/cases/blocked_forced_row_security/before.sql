CREATE TABLE batches (batch_id varchar PRIMARY KEY, owner name);
INSERT INTO batches VALUES (md5('a'), 'x'), ('hidden', 'y');
ALTER TABLE batches ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY mine ON batches USING (owner = 'x');
