"""What hangs on a column: found, taken down before its type changes, put back afterwards."""
