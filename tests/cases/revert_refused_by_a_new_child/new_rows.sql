CREATE TABLE pages (batch_id uuid REFERENCES batches);
INSERT INTO pages SELECT batch_id FROM batches;
