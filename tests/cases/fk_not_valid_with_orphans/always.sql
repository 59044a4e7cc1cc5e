-- refused 23503
ALTER TABLE jobs VALIDATE CONSTRAINT jobs_batch;
