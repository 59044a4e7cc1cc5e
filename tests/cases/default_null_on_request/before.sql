CREATE TABLE jobs (n serial PRIMARY KEY, batch_id varchar DEFAULT 'none');
INSERT INTO jobs (batch_id) VALUES (DEFAULT), (md5('x'));
