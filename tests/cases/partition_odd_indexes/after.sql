SELECT pg_get_indexdef('b2_like'::regclass) LIKE 'CREATE INDEX b2_like ON public.b2 USING btree (batch_id) %';
