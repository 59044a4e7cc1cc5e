INSERT INTO jobs DEFAULT VALUES;
SELECT tenant_id = '687d53c4-1111-4222-8333-944455556601' FROM jobs WHERE n = (SELECT max(n) FROM jobs);
SELECT substr(old_id::text, 15, 1) = '8' FROM jobs WHERE n = (SELECT max(n) FROM jobs);
