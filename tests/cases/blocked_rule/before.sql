CREATE TABLE batches (batch_id varchar PRIMARY KEY);
CREATE TABLE log (line text);
INSERT INTO batches VALUES (md5('a'));
CREATE RULE note AS ON INSERT TO batches DO ALSO INSERT INTO log VALUES (NEW.batch_id);
