-- Unique among the living only; the predicate reads another column.
CREATE TABLE batches (n serial PRIMARY KEY, batch_id varchar, deleted boolean NOT NULL DEFAULT false);
CREATE UNIQUE INDEX living ON batches (batch_id) WHERE NOT deleted;
INSERT INTO batches (batch_id, deleted) VALUES ('batch_' || md5('a'), false), ('batch_' || md5('a'), true), (md5('a'), true);
