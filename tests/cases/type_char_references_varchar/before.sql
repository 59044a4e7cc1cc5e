-- Blanks at the end do not count in char(n), so these texts are equal to their parents'.
CREATE TABLE batches (batch_id char(40) PRIMARY KEY, n integer);
CREATE TABLE jobs (n serial PRIMARY KEY, batch_id varchar(60) REFERENCES batches);
INSERT INTO batches SELECT 'b_' || md5('b' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO jobs (batch_id) SELECT 'b_' || md5('b' || n) || repeat(' ', n) FROM generate_series(1, 3) AS n;
