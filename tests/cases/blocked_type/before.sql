CREATE TABLE batches (id integer PRIMARY KEY, raw bytea, at timestamp, names varchar[]);
INSERT INTO batches VALUES (1, '\x00', now(), '{a}');
