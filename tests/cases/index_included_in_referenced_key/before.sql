-- A key that others refer to, and that only includes the column.
CREATE TABLE batches (n integer, batch_id varchar, PRIMARY KEY (n) INCLUDE (batch_id));
CREATE TABLE jobs (n integer CONSTRAINT of_batch REFERENCES batches ON DELETE CASCADE);
CREATE TABLE notes (n integer CONSTRAINT of_batch REFERENCES batches ON DELETE RESTRICT DEFERRABLE);
INSERT INTO batches VALUES (1, md5('a')), (2, md5('b'));
INSERT INTO jobs VALUES (1), (2);
INSERT INTO notes VALUES (1);
