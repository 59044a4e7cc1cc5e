-- A policy over another column stays; the owner is not subject to it.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, tenant name DEFAULT current_user);
ALTER TABLE batches ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON batches USING (tenant = current_user) WITH CHECK (tenant = current_user);
INSERT INTO batches SELECT md5('b' || n), 'nobody' FROM generate_series(1, 3) AS n;
