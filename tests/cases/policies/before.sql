-- Row security: for roles, restrictive, WITH CHECK, on another table; what it shows and hides stays as it was.
CREATE ROLE case_tenant;
CREATE ROLE "Case Other";
CREATE TABLE batches (batch_id varchar PRIMARY KEY, owner name, n integer);
CREATE TABLE jobs (n integer, of_batch varchar);
CREATE TABLE notes (n integer, batch text);
INSERT INTO batches SELECT md5('b' || n), CASE n % 2 WHEN 0 THEN 'case_tenant' END, n FROM generate_series(1, 4) AS n;
INSERT INTO jobs SELECT n, batch_id FROM batches;
INSERT INTO notes SELECT n, 'x' FROM generate_series(1, 4) AS n;
GRANT ALL ON batches, jobs, notes TO case_tenant, "Case Other";
ALTER TABLE batches ENABLE ROW LEVEL SECURITY;
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON batches TO case_tenant, "Case Other" USING (owner = current_user AND batch_id IS NOT NULL)
  WITH CHECK (owner = current_user AND batch_id IS NOT NULL);
CREATE POLICY not_mine ON batches AS RESTRICTIVE FOR DELETE TO case_tenant
  USING (NOT EXISTS (SELECT FROM jobs WHERE of_batch = batch_id));
CREATE POLICY seen ON jobs FOR SELECT USING (EXISTS (SELECT FROM batches b WHERE b.batch_id = of_batch AND b.n > 0));
CREATE POLICY put ON jobs FOR INSERT WITH CHECK (EXISTS (SELECT FROM batches WHERE batch_id = of_batch));
CREATE POLICY "Changed" ON jobs FOR UPDATE TO case_tenant USING (n < 5) WITH CHECK (of_batch IS NOT NULL AND n > 0);
CREATE POLICY elsewhere ON notes FOR SELECT USING (EXISTS (SELECT FROM jobs j JOIN batches b ON b.batch_id = j.of_batch WHERE j.n = notes.n));
CREATE POLICY harmless ON batches FOR SELECT USING (owner = current_user);
COMMENT ON POLICY mine ON batches IS 'whose it is';
