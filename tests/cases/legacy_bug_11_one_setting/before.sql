-- Whatever the address says, it is the same database for every command; here it is read from the environment.
CREATE TABLE batch_jobs (batch_id varchar PRIMARY KEY);
INSERT INTO batch_jobs SELECT 'batch_' || md5('b' || n) FROM generate_series(1, 3) AS n;
