SELECT lead_id = md5('p2')::uuid FROM teams WHERE team_id = md5('t2')::uuid;
-- refused 23503
DO $$ BEGIN
    INSERT INTO teams VALUES (gen_random_uuid(), gen_random_uuid());
    SET CONSTRAINTS teams_lead IMMEDIATE;
END $$;
