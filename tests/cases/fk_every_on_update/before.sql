CREATE TABLE p (id text PRIMARY KEY, n integer UNIQUE);
CREATE TABLE c_no_action (n integer, id text REFERENCES p ON UPDATE NO ACTION);
CREATE TABLE c_restrict (n integer, id text REFERENCES p ON UPDATE RESTRICT);
CREATE TABLE c_cascade (n integer, id text REFERENCES p ON UPDATE CASCADE);
CREATE TABLE c_set_null (n integer, id text REFERENCES p ON UPDATE SET NULL);
CREATE TABLE c_set_default (
    n integer,
    id text DEFAULT '0a0a0a0a0a0a4a0a8a0a0a0a0a0a0a0a' REFERENCES p ON UPDATE SET DEFAULT
);
INSERT INTO p VALUES ('0a0a0a0a0a0a4a0a8a0a0a0a0a0a0a0a', 0);
INSERT INTO p SELECT md5('p' || n), n FROM generate_series(1, 5) AS n;
INSERT INTO c_no_action SELECT n, id FROM p WHERE n = 1;
INSERT INTO c_restrict SELECT n, id FROM p WHERE n = 2;
INSERT INTO c_cascade SELECT n, id FROM p WHERE n = 3;
INSERT INTO c_set_null SELECT n, id FROM p WHERE n = 4;
INSERT INTO c_set_default SELECT n, id FROM p WHERE n = 5;
