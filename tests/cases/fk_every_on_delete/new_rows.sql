DELETE FROM p WHERE n = 5;
INSERT INTO c_set_default (n) VALUES (7);
