"""``alembic upgrade FROM:TO --sql``: the operations as a script, and the facts that it is written from."""

from uuidkit.alembic.scripts.writing import write

__all__ = ["write"]
