SELECT node_id = parent_id FROM nodes WHERE depth = 9;
SELECT count(*) = 3 FROM nodes c JOIN nodes p ON p.node_id = c.parent_id WHERE p.depth = 1;
-- refused 23503
INSERT INTO nodes VALUES (gen_random_uuid(), gen_random_uuid(), 5);
