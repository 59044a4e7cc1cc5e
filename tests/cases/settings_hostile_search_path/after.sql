SET LOCAL search_path = pg_catalog, public;
SELECT count(*) = 2 FROM batches WHERE batch_id IN (md5('a')::pg_catalog.uuid, (SELECT batch_id FROM batches WHERE batch_id_original = '310'));
