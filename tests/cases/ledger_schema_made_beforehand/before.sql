-- The role may not create schemas; somebody who may has made the ledger's for it.
CREATE ROLE case_owner LOGIN;
SELECT format('REVOKE CREATE ON DATABASE %I FROM PUBLIC', current_database()) \gexec
CREATE SCHEMA uuidkit AUTHORIZATION case_owner;
CREATE TABLE batches (batch_id varchar PRIMARY KEY);
INSERT INTO batches SELECT md5('b' || n) FROM generate_series(1, 3) AS n;
ALTER TABLE batches OWNER TO case_owner;
