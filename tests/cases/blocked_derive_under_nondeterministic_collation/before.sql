CREATE COLLATION anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE batches (batch_id varchar COLLATE anycase PRIMARY KEY);
CREATE TABLE jobs (batch_id varchar COLLATE anycase REFERENCES batches);
INSERT INTO batches VALUES ('Easter'), (md5('a'));
INSERT INTO jobs VALUES ('EASTER');
