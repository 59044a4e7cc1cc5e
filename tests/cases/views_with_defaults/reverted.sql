SELECT doc_id = 'doc_00000000000040008000' || '00000000abcd' FROM docs WHERE n = 8;
INSERT INTO strange DEFAULT VALUES;
SELECT count(*) = 1 FROM docs WHERE doc_id = 'none';
