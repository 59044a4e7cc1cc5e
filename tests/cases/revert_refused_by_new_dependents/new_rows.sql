CREATE OR REPLACE VIEW before AS SELECT batch_id, n FROM batches WHERE n > 0;
ALTER TABLE batches DISABLE TRIGGER unchanged;
CREATE VIEW of_ids AS SELECT batch_id FROM batches;
CREATE VIEW of_texts AS SELECT batch_id_original FROM batches;
CREATE INDEX ix_texts ON batches (batch_id_original);
CREATE INDEX ix_half ON batches (n) WHERE batch_id > '80000000-0000-0000-0000-000000000000';
CREATE POLICY only_mine ON batches USING (batch_id IS NOT NULL);
ALTER TABLE batches ADD CONSTRAINT version_4 CHECK (substr(batch_id::text, 15, 1) <> '4'),
    ALTER batch_id SET DEFAULT 'aaaaaaaa-aaaa-1aaa-8aaa-aaaaaaaaaaaa';
DROP INDEX by_null;
CREATE INDEX by_null ON batches (n DESC) WHERE batch_id IS NOT NULL;
CREATE INDEX on_stored ON stored (batch_id);
CREATE TABLE archive (was batches);
