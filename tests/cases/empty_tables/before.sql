CREATE TABLE batches (batch_id varchar(40) PRIMARY KEY DEFAULT gen_random_uuid());
CREATE TABLE jobs (n serial PRIMARY KEY, batch_id varchar(40) NOT NULL REFERENCES batches);
