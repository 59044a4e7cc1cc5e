SELECT count(*) = 2 FROM uuidkit.conversions;
