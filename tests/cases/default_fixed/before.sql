CREATE TABLE tenants (tenant_id varchar PRIMARY KEY, name text);
CREATE TABLE jobs (
    n serial PRIMARY KEY,
    tenant_id varchar NOT NULL DEFAULT 'tenant_687d53c4111142228333944455556601' REFERENCES tenants ON DELETE SET DEFAULT,
    old_id varchar DEFAULT 'none'
);
INSERT INTO tenants VALUES ('tenant_687d53c4111142228333944455556601', 'default'), ('tenant_' || md5('t'), 'other');
INSERT INTO jobs (tenant_id, old_id) SELECT tenant_id, md5(name) FROM tenants;
