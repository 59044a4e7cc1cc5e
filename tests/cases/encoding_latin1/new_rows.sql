SET client_encoding = 'UTF8';
INSERT INTO teile SELECT "Schlüssel" FROM "Größe";
