UPDATE slots SET holder = (SELECT holder FROM slots WHERE n = 2) WHERE n = 1;
-- refused 23505
SET CONSTRAINTS one_each IMMEDIATE;
