DELETE FROM users WHERE n = 1;
SELECT count(*) = 6 AND count(receiver) = 4 FROM mails;
