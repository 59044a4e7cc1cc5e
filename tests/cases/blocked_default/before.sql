CREATE SEQUENCE numbers;
CREATE TABLE batches (
    a varchar DEFAULT nextval('numbers'),
    b varchar DEFAULT to_char(now(), 'YYYYMMDD_HH24MISS'),
    c varchar DEFAULT 'batch_' || to_char(now(), 'YYYYMMDD'),
    d varchar DEFAULT 'none',
    e varchar DEFAULT current_user,
    f varchar DEFAULT 'job_' || left(md5(random()::text), 8),
    g varchar DEFAULT gen_random_uuid() || '_' || gen_random_uuid(),
    h varchar DEFAULT gen_random_uuid()::text || ' copy'
);
