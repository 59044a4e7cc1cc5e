-- Row filters and lists of columns; two publications, of which one has options; a table of another name beside.
CREATE TABLE batches (batch_id varchar PRIMARY KEY, n integer, secret text);
CREATE TABLE "Jobs" (n integer PRIMARY KEY, batch_id varchar REFERENCES batches);
INSERT INTO batches SELECT md5('b' || n), n FROM generate_series(1, 3) AS n;
CREATE PUBLICATION listed FOR TABLE batches (batch_id, n), "Jobs" (n);
CREATE PUBLICATION "Filtered" FOR TABLE ONLY batches WHERE (batch_id IS NOT NULL AND n > 0), "Jobs" (batch_id, n) WHERE (n > 0)
  WITH (publish = 'insert, update', publish_via_partition_root);
CREATE PUBLICATION beside FOR TABLE "Jobs" (n);
COMMENT ON PUBLICATION listed IS 'to the warehouse';
