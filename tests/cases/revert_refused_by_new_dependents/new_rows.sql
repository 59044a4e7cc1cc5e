CREATE VIEW of_ids AS SELECT batch_id FROM batches;
CREATE VIEW of_texts AS SELECT batch_id_original FROM batches;
CREATE INDEX ix_texts ON batches (batch_id_original);
ALTER TABLE batches ADD CONSTRAINT version_4 CHECK (substr(batch_id::text, 15, 1) <> '4'),
    ALTER batch_id SET DEFAULT 'aaaaaaaa-aaaa-1aaa-8aaa-aaaaaaaaaaaa';
