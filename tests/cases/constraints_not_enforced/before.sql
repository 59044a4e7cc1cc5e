-- CHECKs that are written down and not enforced stay so, also those over the spelling.
CREATE TABLE batches (
    batch_id varchar PRIMARY KEY,
    n integer,
    CONSTRAINT known CHECK (batch_id IS NOT NULL OR n > 0) NOT ENFORCED
);
CREATE TABLE jobs (batch_id varchar REFERENCES batches NOT ENFORCED);
INSERT INTO batches SELECT md5('b' || n), n FROM generate_series(1, 3) AS n;
INSERT INTO jobs VALUES (md5('nowhere'));
