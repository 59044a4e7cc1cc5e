-- Blanks around do not count, so both texts would get the same derived uuid.
CREATE TABLE batches (batch_id varchar PRIMARY KEY);
INSERT INTO batches VALUES ('310'), (' 310'), (''), ('  '), ('311');
