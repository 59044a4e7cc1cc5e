SELECT core.customers.id = 'cus_0a0a0a0a000040008000000000000001' FROM core.customers JOIN billing.customers USING (id) WHERE n = 5;
