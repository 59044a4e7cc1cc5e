SELECT count(*) = 3 FROM core.customers JOIN billing.customers USING (id) JOIN billing.payments ON customer = core.customers.id;
SELECT data_type = 'character varying' FROM information_schema.columns
 WHERE table_schema = 'public' AND table_name = 'customers' AND column_name = 'id';
