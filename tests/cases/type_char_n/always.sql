UPDATE sessions SET sid = '0a1b2c3d4e5f60718293a4b5c6d7e8ff' WHERE started = '2024-01-02';
SELECT hits.sid = sessions.sid FROM hits, sessions WHERE n = 2 AND started = '2024-01-02';
