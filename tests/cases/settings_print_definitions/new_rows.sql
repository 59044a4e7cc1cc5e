SELECT current_database() AS db \gset
ALTER DATABASE :"db" RESET ALL;
ALTER DATABASE :"db" SET bytea_output = 'escape';
ALTER DATABASE :"db" SET standard_conforming_strings = off;
INSERT INTO batches (batch_id) VALUES ('0a0a0a0a-0000-4000-8000-000000000001');
