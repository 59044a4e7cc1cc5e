-- --all --schema: what foreign keys tie to it comes along from elsewhere, nothing else does.
CREATE SCHEMA crm;
CREATE TABLE crm.people (person_id varchar PRIMARY KEY);
INSERT INTO crm.people SELECT 'p_' || md5('p' || n) FROM generate_series(1, 9) AS n;
CREATE TABLE calls (call_id varchar PRIMARY KEY, person_id varchar REFERENCES crm.people);
INSERT INTO calls SELECT md5('c' || n)::uuid, 'p_' || md5('p' || n) FROM generate_series(1, 9) AS n;
