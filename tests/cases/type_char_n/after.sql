SELECT started = '2024-01-01' FROM sessions WHERE sid = '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f1';
SELECT count(*) = 3 FROM hits JOIN sessions USING (sid);
SELECT octet_length(sid_original) = 64 FROM sessions LIMIT 1;
