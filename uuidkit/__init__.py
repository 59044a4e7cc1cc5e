"""Turn string identifiers into real uuid columns in PostgreSQL, with nothing lost and a way back."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from uuidkit import errors
from uuidkit.ids import derive, parse
from uuidkit.version import __version__

if TYPE_CHECKING:
    from uuidkit.api import convert, finalize, lookup, plan, revert, scan, verify

# These need the database driver, so they are imported at their first use.
_FROM_API = frozenset({"convert", "finalize", "lookup", "plan", "revert", "scan", "verify"})

__all__ = [
    "__version__",
    "convert",
    "derive",
    "errors",
    "finalize",
    "lookup",
    "parse",
    "plan",
    "revert",
    "scan",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name in _FROM_API:
        return getattr(importlib.import_module("uuidkit.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
