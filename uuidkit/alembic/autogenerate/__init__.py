"""What ``alembic revision --autogenerate`` and ``alembic check`` see, and what they write."""

from uuidkit.alembic.autogenerate import rendering  # noqa: F401  registers itself
from uuidkit.alembic.autogenerate.comparison import register
from uuidkit.alembic.autogenerate.directives import process_revision_directives
from uuidkit.alembic.autogenerate.filters import compose, include_object

__all__ = ["compose", "include_object", "process_revision_directives", "register"]
