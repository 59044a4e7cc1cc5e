SELECT count(*) = 12 FROM files WHERE substr(file_id::text, 15, 1) = '8' AND file_id_original NOT LIKE '687d53c4-1111-4222-8333-944455556601';
SELECT file_id = '687d53c4-1111-4222-8333-944455556601' FROM files WHERE n = 12;
