SELECT count(*) = 2 FROM teile WHERE "Schlüssel" = 'Maß';
