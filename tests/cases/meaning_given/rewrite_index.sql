CREATE INDEX imported_n ON batches (n);
