UPDATE accounts SET tenant = 5 WHERE tenant = 2;
SELECT count(*) = 3 FROM invoices WHERE tenant = 5;
-- refused 23001 23503
DELETE FROM accounts WHERE tenant = 1;
