SELECT pg_get_userbyid(relowner) = 'case_viewer' FROM pg_class WHERE relname = 'seen';
SELECT bool_and(NOT has_table_privilege('case_unwanted', c, 'INSERT'))
  FROM unnest('{seen,none_but_owner,plain,kept}'::regclass[]) AS c;
SELECT count(*) FILTER (WHERE grantor = 'case_middle' AND grantee = 'case_last') = 2
  FROM (SELECT grantor, grantee FROM information_schema.table_privileges WHERE table_name = 'seen'
        UNION ALL SELECT grantor, grantee FROM information_schema.column_privileges
                   WHERE table_name = 'seen' AND privilege_type = 'UPDATE') AS g;
SET LOCAL ROLE case_last;
SELECT count(*) = 3 FROM seen;
SELECT count(*) = 3 FROM kept;

SELECT (first_seen()).n = 1;
-- refused 42501
SELECT FROM none_but_owner;
