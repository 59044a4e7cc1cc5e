CREATE TABLE p (id varchar(60) PRIMARY KEY, n integer UNIQUE);
CREATE TABLE c_no_action (n integer, id varchar(60) REFERENCES p ON DELETE NO ACTION);
CREATE TABLE c_restrict (n integer, id varchar(60) REFERENCES p ON DELETE RESTRICT);
CREATE TABLE c_cascade (n integer, id varchar(60) REFERENCES p ON DELETE CASCADE);
CREATE TABLE c_set_null (n integer, id varchar(60) REFERENCES p ON DELETE SET NULL);
CREATE TABLE c_set_default (
    n integer,
    id varchar(60) DEFAULT 'p_0a0a0a0a0a0a4a0a8a0a0a0a0a0a0a0a' REFERENCES p ON DELETE SET DEFAULT
);
INSERT INTO p VALUES ('p_0a0a0a0a0a0a4a0a8a0a0a0a0a0a0a0a', 0);
INSERT INTO p SELECT 'p_' || md5('p' || n), n FROM generate_series(1, 5) AS n;
INSERT INTO c_no_action SELECT n, id FROM p WHERE n = 1;
INSERT INTO c_restrict SELECT n, id FROM p WHERE n = 2;
INSERT INTO c_cascade SELECT n, id FROM p WHERE n = 3;
INSERT INTO c_set_null SELECT n, id FROM p WHERE n = 4;
INSERT INTO c_set_default SELECT n, id FROM p WHERE n = 5;
