DELETE FROM right_half WHERE id::text LIKE '%1%' OR id::text NOT LIKE '%1%';
SELECT count(*) = 0 FROM left_half;
