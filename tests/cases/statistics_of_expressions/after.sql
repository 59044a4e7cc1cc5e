SELECT NOT EXISTS (SELECT FROM pg_statistic_ext WHERE stxname = 'single');
