SELECT count(*) = 3 FROM "Scraper"."no id" JOIN "Scraper"."Batch Jobs" USING ("Batch-Id");
SELECT data_type = 'character varying' FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'Batch-Id';
