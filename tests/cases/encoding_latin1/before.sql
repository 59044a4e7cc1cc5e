-- The same text gives the same derived uuid, whatever the database's encoding.
SET client_encoding = 'UTF8';
CREATE TABLE "Größe" ("Schlüssel" varchar PRIMARY KEY, n integer);
CREATE TABLE teile ("Schlüssel" varchar REFERENCES "Größe");
INSERT INTO "Größe" VALUES ('Maß', 1), (md5('a'), 2), ('öl_' || md5('b'), 3);
INSERT INTO teile SELECT "Schlüssel" FROM "Größe";
