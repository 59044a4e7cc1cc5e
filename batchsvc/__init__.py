"""Scan web domains in batches, on a PostgreSQL schema whose identifiers are uuids."""
