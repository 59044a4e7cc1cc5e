SELECT count(*) = 3 FROM all_lines();
SELECT count(*) = 3 FROM stored;
SELECT obj_description('lines'::regclass) = 'all of them';
