SELECT array_agg(stxname || ' ' || coalesce(stxstattarget, -1) || ' ' || obj_description(oid) ORDER BY stxname) FILTER (WHERE obj_description(oid) <> '') = '{"By null 66 is it there"}' FROM pg_statistic_ext;
SELECT stxstattarget = 33 FROM pg_statistic_ext WHERE stxname = 'plain';
