-- NULLs in a nullable unique key and in its children; two NULLs are two rows.
CREATE TABLE batches (n serial PRIMARY KEY, batch_id varchar UNIQUE);
CREATE TABLE jobs (n serial PRIMARY KEY, batch_id varchar REFERENCES batches (batch_id));
INSERT INTO batches (batch_id) VALUES ('batch_' || md5('a')), (NULL), (NULL), ('batch_' || md5('b'));
INSERT INTO jobs (batch_id) VALUES (NULL), ('batch_' || md5('a')), (NULL);
