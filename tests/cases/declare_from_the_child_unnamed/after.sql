SELECT count(*) = 1 FROM pg_constraint WHERE contype = 'f';
SELECT count(*) = 0 FROM pg_constraint WHERE contype = 'u' AND connamespace = 'public'::regnamespace;
-- A row of the hub that no row of the rim refers to.
INSERT INTO hub VALUES (gen_random_uuid());
