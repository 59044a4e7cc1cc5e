"""A whole database as a request: every column that the scan judges ``convert``, and what is left out and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName
from uuidkit.catalog.trees import root_of
from uuidkit.database.session import Session
from uuidkit.errors import UsageError
from uuidkit.findings import Reference
from uuidkit.planning.notes import UNSEEN
from uuidkit.scanning import scan


@dataclass(frozen=True, slots=True)
class Whole:
    """What ``--all`` means in a database.

    Attributes:
        targets: the columns to convert, each with the reason that the scan gives.
        discovered: every reference that no foreign key declares.
        left: the columns that may be ids and are left out, each with the reason.
        unreadable: what could not be looked at, a sentence each.
    """

    targets: Mapping[ColumnName, str]
    discovered: tuple[Reference, ...]
    left: Mapping[ColumnName, str]
    unreadable: tuple[str, ...]

    def notes(self, taken: Collection[ColumnName]) -> tuple[str, ...]:
        """What is left out, a sentence each.

        Args:
            taken: columns that come along all the same, because they are tied to one that the user has named.
        """
        return (
            *(f"Left out, to be reviewed: {name}. {why}" for name, why in self.left.items() if name not in taken),
            *(UNSEEN + sentence for sentence in self.unreadable),
        )


def whole(session: Session, schema: Schema, only_schema: str | None, excluded: Sequence[ColumnName]) -> Whole:
    """Scan the database for what is to be converted.

    Args:
        session: within ``reading``.
        schema: what is there.
        only_schema: take columns of this schema alone, and those of others that foreign keys tie to them.
        excluded: columns that are left out, with everything that foreign keys tie to them.

    Raises:
        UsageError: there is no such schema.
    """
    if only_schema is not None and only_schema not in {name.schema for name in schema.tables}:
        raise UsageError(f"There is no schema {only_schema!r} with tables in it.", "See uuidkit inspect.")
    result = scan(session, schema, schemas=None if only_schema is None else (only_schema,), exclude=excluded)
    taken = [column for column in result.columns if column.verdict == "convert"]
    return Whole(
        targets={root_of(schema, column.findings.column): column.why for column in taken},
        discovered=result.discovered,
        left={column.findings.column: column.why for column in result.columns if column.verdict == "review"},
        unreadable=result.unreadable,
    )
