SELECT bool_and(third = 3 AND two = 2) FROM above;
SELECT (one()).n = 2;
SELECT count = 3 FROM counted;
SELECT proconfig = '{work_mem=4MB}' AND procost = 9 AND provariadic <> 0 FROM pg_proc WHERE proname = 'of_all';
SELECT has_function_privilege('case_caller', 'one(integer)', 'EXECUTE');
SELECT count(*) = 2 FROM pg_proc p, aclexplode(p.proacl) WHERE proname = 'one';
