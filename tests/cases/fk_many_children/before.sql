CREATE TABLE hub (hub_id varchar PRIMARY KEY, n integer);
INSERT INTO hub SELECT 'hub_' || md5('h' || n), n FROM generate_series(1, 5) AS n;
DO $$
BEGIN
    FOR n IN 1..20 LOOP
        EXECUTE format('CREATE TABLE spoke_%s (id serial PRIMARY KEY, hub_id varchar REFERENCES hub ON DELETE CASCADE)', n);
        EXECUTE format('CREATE INDEX ON spoke_%s (hub_id)', n);
        EXECUTE format('INSERT INTO spoke_%s (hub_id) SELECT hub_id FROM hub', n);
    END LOOP;
END $$;
