CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE imported (batch_id varchar, n integer) SERVER files OPTIONS (filename '/dev/null');
