-- Made NULL, the two would be one under NULLS NOT DISTINCT.
CREATE TABLE batches (batch_id varchar CONSTRAINT one_null UNIQUE NULLS NOT DISTINCT);
INSERT INTO batches VALUES ('310'), ('311'), (md5('a'));
