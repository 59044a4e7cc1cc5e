"""Alembic's environment and the template of a revision; the revisions themselves are in ``versions/``."""
