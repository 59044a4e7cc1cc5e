SELECT count(*) = 2 FROM batches WHERE batch_id LIKE 'batch\_%';
-- refused 23514
INSERT INTO empty VALUES ('batch_1');
