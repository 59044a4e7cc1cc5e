-- char(n) pads with blanks, which the old text keeps and the uuid does not.
CREATE TABLE sessions (
    sid char(64) PRIMARY KEY,
    started date
);
CREATE TABLE hits (
    n serial PRIMARY KEY,
    sid char(40) REFERENCES sessions ON UPDATE CASCADE
);
INSERT INTO sessions VALUES ('s_0a1b2c3d4e5f60718293a4b5c6d7e8f1', '2024-01-01'),
                            ('s_0a1b2c3d4e5f60718293a4b5c6d7e8f2', '2024-01-02'),
                            ('0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f3', '2024-01-03');
INSERT INTO hits (sid) SELECT sid::varchar FROM sessions;
INSERT INTO hits (sid) VALUES (NULL);
