SELECT to_regclass('alike') IS NULL AND to_regclass('two_beginnings') IS NULL;
