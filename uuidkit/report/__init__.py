"""Results made readable: text and JSON. No database."""
