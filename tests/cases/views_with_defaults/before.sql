-- Defaults of views' columns, which PostgreSQL refuses over a uuid: fresh, fixed, of columns that stay texts, of no uuid.
CREATE TABLE docs (doc_id varchar(64) PRIMARY KEY, n integer);
INSERT INTO docs SELECT 'doc_' || md5('d' || n), n FROM generate_series(1, 5) AS n;
CREATE VIEW fresh AS SELECT doc_id, n FROM docs;
ALTER VIEW fresh ALTER doc_id SET DEFAULT 'doc_' || gen_random_uuid(), ALTER n SET DEFAULT 7;
COMMENT ON COLUMN fresh.doc_id IS 'written here';
CREATE VIEW fixed AS SELECT n, doc_id AS "The Id" FROM fresh;
ALTER VIEW fixed ALTER "The Id" SET DEFAULT 'doc_00000000-0000-4000-8000-00000000abcd';
CREATE VIEW strange AS SELECT doc_id FROM docs;
ALTER VIEW strange ALTER doc_id SET DEFAULT 'none';
CREATE VIEW somebody AS SELECT doc_id, current_user::text AS who FROM docs;
ALTER VIEW somebody ALTER doc_id SET DEFAULT current_user, ALTER who SET DEFAULT current_user;
CREATE VIEW empty AS SELECT doc_id FROM docs;
ALTER VIEW empty ALTER doc_id SET DEFAULT NULL;
CREATE VIEW fits AS SELECT doc_id FROM docs;
ALTER VIEW fits ALTER doc_id SET DEFAULT gen_random_uuid();
