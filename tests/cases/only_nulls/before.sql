CREATE TABLE jobs (n serial PRIMARY KEY, batch_id varchar);
CREATE INDEX ON jobs (batch_id);
INSERT INTO jobs (batch_id) SELECT NULL FROM generate_series(1, 20);
