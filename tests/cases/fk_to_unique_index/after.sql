SELECT count(*) = 1 FROM pg_constraint k JOIN pg_class c ON c.oid = k.conindid
 WHERE k.conname = 'of_part' AND c.relname = 'parts_by_number';
