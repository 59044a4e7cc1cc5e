CREATE TABLE batches (
    batch_id varchar PRIMARY KEY CONSTRAINT prefixed CHECK (batch_id LIKE 'batch\_%'),
    n integer CHECK (n > 0),
    CONSTRAINT "both" CHECK (n < 9 OR batch_id <> '')
);
CREATE TABLE empty (batch_id text REFERENCES batches);
INSERT INTO batches VALUES ('batch_' || md5('a'), 1);
ALTER TABLE empty ADD CONSTRAINT later CHECK (length(batch_id) > 9) NOT VALID;
