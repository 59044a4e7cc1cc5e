CREATE TABLE batches (n serial PRIMARY KEY, batch_id varchar, deleted boolean DEFAULT false);
CREATE UNIQUE INDEX living ON batches (batch_id) WHERE NOT deleted;
INSERT INTO batches (batch_id) VALUES (md5('a')), ('batch_' || md5('a'));
