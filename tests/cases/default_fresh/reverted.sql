SELECT c ~ '^batch_[0-9a-f]{8}-' AND d ~ '^batch_[0-9a-f]{32}$' AND g ~ '^job_' FROM ids WHERE n = 100;
SELECT f = upper(f) AND h ~ '^[0-9a-f]{32}$' FROM ids WHERE n = 100;
INSERT INTO ids (n) VALUES (101);
SELECT c ~ '^batch_' AND e ~ '^[0-9a-f-]{36}$' FROM ids WHERE n = 101;
