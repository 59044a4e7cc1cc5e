INSERT INTO jobs (batch_id) SELECT batch_id FROM batch_jobs;
