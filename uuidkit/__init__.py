"""Turn string identifiers into real uuid columns in PostgreSQL."""
