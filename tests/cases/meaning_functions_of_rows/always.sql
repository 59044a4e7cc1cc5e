SELECT n = 3 FROM job(3);
SELECT n = 1 FROM first_job();
SELECT has_id(jobs) FROM jobs WHERE n = 1;
