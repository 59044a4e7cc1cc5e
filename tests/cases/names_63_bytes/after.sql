SELECT octet_length(attname::text) = 63 FROM pg_attribute WHERE attrelid = 'child'::regclass AND attname ~ '_original$';
SELECT max(octet_length(attname::text)) = 63 FROM pg_attribute
 WHERE attrelid = 'ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt'::regclass AND attname ~ '^é';
