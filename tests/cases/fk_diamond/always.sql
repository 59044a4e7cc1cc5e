DELETE FROM top WHERE n = 1;
SELECT count(*) = 3 AND count(id) = 3 FROM bottom;
DELETE FROM east WHERE id IN (SELECT id FROM top WHERE n = 2);
SELECT count(*) = 3 AND count(id) = 2 FROM bottom;
