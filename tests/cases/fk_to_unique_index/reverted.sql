SELECT count(*) = 2 FROM (SELECT part_no FROM parts WHERE id = 1 UNION ALL SELECT part_no FROM stock WHERE n = 1) AS x
 WHERE part_no = 'p:0a0a0a0a-0000-4000-8000-000000000001';
