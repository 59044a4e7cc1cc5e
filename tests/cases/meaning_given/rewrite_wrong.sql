CREATE VIEW imported AS SELECT batch_id, number FROM batches;
