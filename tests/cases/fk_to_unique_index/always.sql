UPDATE parts SET part_no = '0a0a0a0a-0000-4000-8000-000000000001' WHERE id = 1;
SELECT s.part_no = p.part_no FROM stock s, parts p WHERE s.n = 1 AND p.id = 1;
-- refused 23503
DELETE FROM parts WHERE id = 2;
