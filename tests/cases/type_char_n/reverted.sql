-- All prefixed ids had one form, so a new one gets it.
SELECT sid = 's_0a1b2c3d4e5f60718293a4b5c6d7e8f4' FROM sessions WHERE started = '2024-01-04';
SELECT count(*) = 2 FROM hits WHERE sid = 's_0a1b2c3d4e5f60718293a4b5c6d7e8f1';
SELECT octet_length(sid) = 40 FROM hits WHERE n = 5;
