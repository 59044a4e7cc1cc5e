CREATE TRIGGER this_one BEFORE UPDATE ON batches FOR EACH ROW
  WHEN (NEW.batch_id = '71a65bb6-b21f-c1d1-d2bc-7dd6ae8c5bb6') EXECUTE FUNCTION told();
