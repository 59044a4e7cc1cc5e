SELECT array_agg(label ORDER BY n) = '{1,2,3}' AND bool_and(known) FROM batches;
SELECT count(*) = 3 FROM labels WHERE known;
