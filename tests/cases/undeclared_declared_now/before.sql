CREATE TABLE batches (id serial PRIMARY KEY, batch_id varchar NOT NULL);
CREATE TABLE jobs (n serial PRIMARY KEY, batch_id varchar);
CREATE TABLE "Domains" (domain text, "batchId" varchar NOT NULL);
INSERT INTO batches (batch_id) SELECT 'batch_' || md5('b' || n) FROM generate_series(1, 10) AS n;
INSERT INTO jobs (batch_id) SELECT batch_id FROM batches;
INSERT INTO jobs (batch_id) VALUES (NULL);
INSERT INTO "Domains" SELECT 'd' || id || '.example.org', substr(batch_id, 7) FROM batches;
