-- Tenants with their own ids; only one column of the key is a string id that becomes uuid, the other stays an integer.
CREATE TABLE accounts (
    tenant integer NOT NULL,
    account_id varchar(50) NOT NULL,
    name text,
    PRIMARY KEY (tenant, account_id)
);
CREATE TABLE invoices (
    id bigserial PRIMARY KEY,
    tenant integer,
    account_id varchar(50),
    CONSTRAINT invoices_account FOREIGN KEY (tenant, account_id) REFERENCES accounts ON UPDATE CASCADE ON DELETE RESTRICT
);
INSERT INTO accounts SELECT t, 'acct_' || md5('a' || n), 'n' || n FROM generate_series(1, 2) AS t, generate_series(1, 3) AS n;
INSERT INTO invoices (tenant, account_id) SELECT tenant, account_id FROM accounts;
INSERT INTO invoices (tenant, account_id) VALUES (7, NULL), (NULL, NULL), (NULL, 'acct_' || md5('nobody'));
