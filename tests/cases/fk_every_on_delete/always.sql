-- refused 23503
DELETE FROM p WHERE n = 1;
-- refused 23001 23503
DELETE FROM p WHERE n = 2;
DELETE FROM p WHERE n IN (3, 4, 5);
SELECT count(*) = 0 FROM c_cascade;
SELECT id IS NULL FROM c_set_null;
SELECT c.id = p.id AND p.n = 0 FROM c_set_default c JOIN p USING (id);
