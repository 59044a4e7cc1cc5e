SELECT pg_typeof(id) = 'uuid'::regtype FROM batches;
