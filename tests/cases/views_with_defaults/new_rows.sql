INSERT INTO fixed (n) VALUES (8);
