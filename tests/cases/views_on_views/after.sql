SELECT pg_typeof(id)::text = 'uuid' FROM "Views".twice LIMIT 1;
SELECT pg_typeof(id)::text = 'uuid' FROM ways LIMIT 1;
SELECT count(*) = 2 FROM joined WHERE job_id IN (md5('j1')::uuid, md5('j2')::uuid);
