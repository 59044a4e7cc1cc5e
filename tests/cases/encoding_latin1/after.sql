SELECT count(*) = 3 FROM teile JOIN "Größe" USING ("Schlüssel");
