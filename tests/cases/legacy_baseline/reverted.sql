-- The column had several forms, so a new id is written plainly.
SELECT batch_id = 'aaaaaaaa-0000-4000-8000-000000000001' FROM batch_jobs WHERE processor_type = 'scan';
SELECT batch_id = 'aaaaaaaa-0000-4000-8000-000000000001' FROM jobs WHERE job_id = '22222222-2222-4333-8444-555555555555';
SELECT batch_id = '310' FROM jobs WHERE job_id = '33333333-2222-4333-8444-555555555555';
SELECT batch_id = '  batch_687d53c4111142228333944455556611  ' FROM domains WHERE domain = 'late.example.org';
SELECT count(*) = 23 FROM jobs j JOIN batch_jobs b USING (batch_id);
