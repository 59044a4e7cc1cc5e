SELECT count(*) = 3 FROM batches;
SELECT relrowsecurity AND NOT relforcerowsecurity FROM pg_class WHERE oid = 'batches'::regclass;
