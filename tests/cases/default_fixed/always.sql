DELETE FROM tenants WHERE name = 'other';
SELECT count(*) = 2 FROM jobs JOIN tenants USING (tenant_id) WHERE name = 'default';
