-- ON DELETE SET NULL (column): the tenant stays.
CREATE TABLE batches (tenant integer, batch_id varchar, n integer, PRIMARY KEY (tenant, batch_id));
CREATE TABLE jobs (
    id serial PRIMARY KEY,
    tenant integer NOT NULL,
    batch_id varchar,
    backup_id varchar DEFAULT 'batch_0a0a0a0a0a0a4a0a8a0a0a0a0a0a0a0a',
    FOREIGN KEY (tenant, batch_id) REFERENCES batches ON DELETE SET NULL (batch_id),
    FOREIGN KEY (tenant, backup_id) REFERENCES batches ON DELETE SET DEFAULT (backup_id)
);
INSERT INTO batches SELECT 1, 'batch_' || md5('b' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO batches VALUES (1, 'batch_0a0a0a0a0a0a4a0a8a0a0a0a0a0a0a0a', 0);
INSERT INTO jobs (tenant, batch_id, backup_id) SELECT tenant, batch_id, batch_id FROM batches;
