SELECT count(*) = 6 FROM invoices JOIN accounts USING (tenant, account_id);
SELECT account_id = md5('nobody')::uuid FROM invoices WHERE tenant IS NULL AND account_id IS NOT NULL;
-- refused 23503
INSERT INTO invoices (tenant, account_id) VALUES (3, md5('a1')::uuid);
