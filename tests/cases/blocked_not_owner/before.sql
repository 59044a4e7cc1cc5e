CREATE ROLE case_clerk LOGIN;
CREATE TABLE batches (batch_id varchar PRIMARY KEY);
CREATE TABLE jobs (batch_id varchar REFERENCES batches);
CREATE TABLE hidden (batch_id varchar REFERENCES batches);
INSERT INTO batches VALUES (md5('a'));
GRANT SELECT ON batches, jobs TO case_clerk;
ALTER TABLE jobs OWNER TO case_clerk;
