-- Every way to give a row a fresh id as text.
CREATE TABLE ids (
    n integer PRIMARY KEY,
    a varchar DEFAULT gen_random_uuid(),
    b text DEFAULT gen_random_uuid()::text,
    c varchar(60) NOT NULL DEFAULT 'batch_' || gen_random_uuid(),
    d varchar(60) DEFAULT ('batch_' || replace(gen_random_uuid()::text, '-', '')),
    e char(36) DEFAULT gen_random_uuid()::text,
    f text DEFAULT upper(gen_random_uuid()::text),
    g text DEFAULT concat('job_', gen_random_uuid()),
    h text DEFAULT md5(random()::text || clock_timestamp()::text),
    i text DEFAULT NULL
);
INSERT INTO ids (n) SELECT n FROM generate_series(1, 5) AS n;
