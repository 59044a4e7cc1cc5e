SELECT count(*) = 5 FROM uuidkit.conversions;
