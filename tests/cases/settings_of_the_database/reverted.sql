SELECT batch_id ~ '^batch_' FROM app.batches WHERE n = 4;
