INSERT INTO fresh DEFAULT VALUES;
SELECT count(*) = 1 FROM docs WHERE n = 7 AND doc_id IS NOT NULL;
INSERT INTO fixed (n) VALUES (8);
SELECT doc_id = '00000000-0000-4000-8000-00000000abcd' FROM docs WHERE n = 8;
-- refused 23502
INSERT INTO strange DEFAULT VALUES;
SELECT column_default IS NULL FROM information_schema.columns WHERE table_name = 'somebody' AND column_name = 'doc_id';
SELECT column_default IS NOT NULL FROM information_schema.columns WHERE table_name = 'somebody' AND column_name = 'who';
