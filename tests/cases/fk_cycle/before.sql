-- Two tables that refer to each other; rows can only be written because one check waits for the commit.
CREATE TABLE teams (
    team_id text PRIMARY KEY,
    lead_id text NOT NULL
);
CREATE TABLE people (
    person_id text PRIMARY KEY,
    team_id text NOT NULL REFERENCES teams
);
ALTER TABLE teams ADD CONSTRAINT teams_lead FOREIGN KEY (lead_id) REFERENCES people DEFERRABLE INITIALLY DEFERRED;
BEGIN;
INSERT INTO teams VALUES ('team_' || md5('t1'), 'user_' || md5('p1')), ('team_' || md5('t2'), 'user_' || md5('p2'));
INSERT INTO people VALUES ('user_' || md5('p1'), 'team_' || md5('t1')), ('user_' || md5('p2'), 'team_' || md5('t2')),
                          ('user_' || md5('p3'), 'team_' || md5('t1'));
COMMIT;
