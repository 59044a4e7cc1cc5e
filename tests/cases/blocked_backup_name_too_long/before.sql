CREATE TABLE batches (cccccccccccccccccccccccccccccccccccccccccccccccccccccccc varchar PRIMARY KEY);
CREATE TABLE jobs (ééééééééééééééééééééééééééééé varchar REFERENCES batches, short varchar);
INSERT INTO batches VALUES (md5('a'));
