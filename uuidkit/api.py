"""The library's functions, as ``import uuidkit`` offers them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from uuidkit import scanning
from uuidkit.conversion import convert, plan
from uuidkit.database.session import adapt
from uuidkit.errors import UsageError
from uuidkit.execute import Event, GraphOutcome, Outcome
from uuidkit.explaining import sentences
from uuidkit.finalization import finalize
from uuidkit.looking_up import Found, lookup
from uuidkit.reading import read_database, reading
from uuidkit.reversion import revert
from uuidkit.scanning import ScanResult
from uuidkit.targets import resolve_columns
from uuidkit.verification import ColumnProof, Proof, verify

__all__ = [
    "ColumnProof",
    "Event",
    "Found",
    "GraphOutcome",
    "Outcome",
    "Proof",
    "ScanResult",
    "convert",
    "finalize",
    "lookup",
    "plan",
    "revert",
    "scan",
    "verify",
]


def scan(connection: Any, *, schema: str | None = None, exclude: Sequence[str] = ()) -> ScanResult:
    """Judge every text column of the database that holds identifiers; changes nothing.

    Args:
        connection: a psycopg or SQLAlchemy connection.
        schema: only the tables of this schema.
        exclude: columns left out, as ``table.column``.

    Raises:
        UsageError: the schema or a column does not exist.
    """
    session = adapt(connection)
    with sentences(), reading(session) as search_path:
        found = read_database(session, search_path)
        if schema is not None and schema not in {name.schema for name in found.tables}:
            raise UsageError(f"There is no schema {schema!r} with tables in it.", "See uuidkit inspect.")
        return scanning.scan(
            session,
            found,
            schemas=None if schema is None else (schema,),
            exclude=resolve_columns(found, exclude),
        )
