-- refused 23503
UPDATE p SET id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbb1' WHERE n = 1;
-- refused 23001 23503
UPDATE p SET id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbb2' WHERE n = 2;
UPDATE p SET id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbb3' WHERE n = 3;
UPDATE p SET id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbb4' WHERE n = 4;
UPDATE p SET id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbb5' WHERE n = 5;
SELECT id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbb3' FROM c_cascade;
SELECT id IS NULL FROM c_set_null;
SELECT c.id = p.id AND p.n = 0 FROM c_set_default c JOIN p USING (id);
