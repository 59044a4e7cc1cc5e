CREATE SCHEMA types;
CREATE DOMAIN types.plain AS text;
CREATE DOMAIN types.nested AS types.plain;
CREATE DOMAIN types.sorted AS varchar(70) COLLATE "C";
CREATE DOMAIN types.padded AS char(40);
CREATE DOMAIN types.made AS varchar DEFAULT 'batch_687d53c4-1111-4222-8333-944455556601';
CREATE TABLE batches (id types.nested PRIMARY KEY, own types.plain DEFAULT 'x687d53c4111142228333944455556601');
CREATE TABLE jobs (
    id types.plain REFERENCES batches ON DELETE CASCADE,
    sorted types.sorted,
    padded types.padded,
    posix types.sorted COLLATE "POSIX",
    made types.made,
    never types.made DEFAULT NULL,
    fresh types.made DEFAULT ('batch_' || gen_random_uuid())
);
CREATE INDEX ON jobs (sorted);
CREATE INDEX ON jobs (padded);
CREATE VIEW shown AS SELECT id, padded FROM jobs WHERE padded IS NOT NULL;
INSERT INTO batches VALUES ('batch_' || md5('a'), 'x' || md5('o'));
INSERT INTO jobs VALUES ('batch_' || md5('a'), md5('b'), md5('c'), md5('d'), 'batch_' || md5('e'), NULL, md5('f'));
INSERT INTO jobs VALUES (NULL, upper(md5('b')), NULL, md5('d'), DEFAULT, DEFAULT, DEFAULT);
