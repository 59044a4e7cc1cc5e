INSERT INTO app.batches (n) VALUES (4);
