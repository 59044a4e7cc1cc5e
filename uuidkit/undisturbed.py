"""Something made of a catalog that did not change while it was made."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, TypeVar

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import TableName
from uuidkit.database.session import Session
from uuidkit.errors import PlanOutdated
from uuidkit.reading import read_database, reading

Made = TypeVar("Made")

_ATTEMPTS = 3


def undisturbed(
    session: Session,
    lock_timeout: float,
    make: Callable[[Schema], Made],
    tables: Callable[[Made], Collection[TableName]],
) -> Made:
    """What is made of the catalog, when this is the same before and after.

    Fingerprints are read after the catalog; both must be of the same state.

    Args:
        lock_timeout: seconds to wait behind somebody else's exclusive lock.
        make: makes it, within ``reading``.
        tables: those that it rests on.

    Raises:
        PlanOutdated: the tables keep changing.
        LockNotAvailable: somebody holds a table exclusively.
    """
    for _ in range(_ATTEMPTS):
        with reading(session, lock_timeout) as search_path:
            found = read_database(session, search_path)
            result = make(found)
            again = read_database(session, search_path)
        if _same(found, again, set(tables(result))):
            return result
    raise PlanOutdated("The tables keep changing while they are read.", "Try again when that is over.")


def _same(before: Schema, after: Schema, tables: Collection[TableName]) -> bool:
    """Whether two readings of the catalog say the same about the tables."""

    def facts(schema: Schema) -> tuple[Any, ...]:
        return (
            {table: replace(schema.tables[table], rows=0, bytes=0) for table in tables if table in schema.tables},
            schema.indexes_on(tables),
            schema.foreign_keys_on(tables),
            [check for check in schema.checks if check.table in tables],
            [dependent for dependent in schema.dependents if dependent.table in tables],
        )

    return facts(before) == facts(after)
