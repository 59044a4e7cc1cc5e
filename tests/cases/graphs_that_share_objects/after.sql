SELECT count(*) = 3 FROM uuidkit.conversions;
