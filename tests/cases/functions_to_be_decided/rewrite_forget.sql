CREATE OR REPLACE PROCEDURE forget(gone varchar) BEGIN ATOMIC DELETE FROM batches WHERE batch_id = gone::uuid; END;
