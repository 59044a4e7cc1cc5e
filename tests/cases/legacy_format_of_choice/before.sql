CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer);
CREATE TABLE jobs (batch_id varchar REFERENCES batches, n integer);
INSERT INTO batches VALUES ('batch_' || md5('a'), 1), ('sitemap_' || md5('b'), 2);
INSERT INTO jobs SELECT * FROM batches;
