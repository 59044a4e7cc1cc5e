-- Two ways from the bottom to the top; the bottom has one column for both.
CREATE TABLE top (id varchar PRIMARY KEY, n integer);
CREATE TABLE west (id varchar PRIMARY KEY REFERENCES top ON DELETE CASCADE);
CREATE TABLE east (id varchar PRIMARY KEY REFERENCES top ON DELETE CASCADE);
CREATE TABLE bottom (
    id varchar,
    CONSTRAINT to_west FOREIGN KEY (id) REFERENCES west ON DELETE CASCADE,
    CONSTRAINT to_east FOREIGN KEY (id) REFERENCES east ON DELETE SET NULL
);
INSERT INTO top SELECT md5('d' || n), n FROM generate_series(1, 4) AS n;
INSERT INTO west SELECT id FROM top;
INSERT INTO east SELECT id FROM top;
INSERT INTO bottom SELECT id FROM top;
