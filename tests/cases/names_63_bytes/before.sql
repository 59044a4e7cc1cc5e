-- The longest names PostgreSQL knows; the backup's name has exactly 63 bytes too.
CREATE TABLE ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt (
    éééééééééééééééééééééééééaaaa varchar CONSTRAINT ppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp PRIMARY KEY,
    n integer
);
CREATE TABLE child (
    cccccccccccccccccccccccccccccccccccccccccccccccccccccc varchar
        CONSTRAINT fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
        REFERENCES ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt
);
CREATE INDEX iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii ON child (cccccccccccccccccccccccccccccccccccccccccccccccccccccc);
INSERT INTO ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt SELECT md5('t' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO child SELECT éééééééééééééééééééééééééaaaa FROM ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt;
