CREATE TABLE jobs (n serial PRIMARY KEY, batch_id varchar, note varchar);
INSERT INTO jobs (batch_id) VALUES ('batch_' || md5('a')), ('310'), (''), (NULL), ('not-a-uuid'), (md5('b'));
