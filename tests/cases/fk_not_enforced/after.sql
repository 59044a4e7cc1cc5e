SELECT NOT conenforced FROM pg_constraint WHERE conname = 'loose';
INSERT INTO jobs VALUES (gen_random_uuid());
