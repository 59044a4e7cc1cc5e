"""Which column refers to which: declared foreign keys, references that only the values show, and their graphs."""

from uuidkit.references.discovery import discover
from uuidkit.references.graph import closure, declared, include

__all__ = ["closure", "declared", "discover", "include"]
