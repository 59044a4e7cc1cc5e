SELECT id = 'batch_0a0a0a0a000040008000000000000001' FROM batches WHERE n = 2;
-- refused 23514
INSERT INTO batches VALUES ('b');
