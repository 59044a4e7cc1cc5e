-- As declare_from_the_child, with names that say nothing.
CREATE TABLE hub (k varchar PRIMARY KEY);
CREATE TABLE rim (n serial PRIMARY KEY, x varchar REFERENCES hub);
INSERT INTO hub SELECT md5('b' || n) FROM generate_series(1, 5) AS n;
INSERT INTO rim (x) SELECT k FROM hub;
