"""Names as a user writes them: parsing and quoting of tables and columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from psycopg import sql

from uuidkit.errors import UsageError

MAX_IDENTIFIER_BYTES = 63  # NAMEDATALEN - 1; PostgreSQL cuts longer names without an error.

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")
_PART = re.compile(r'"((?:[^"]|"")+)"|([^\s".]+)')


@cache
def _keywords() -> frozenset[str]:
    # Words that need quotes as a column or table name (PostgreSQL, appendix C: reserved ones).
    return frozenset(
        """all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate
        collation column concurrently constraint create cross current_catalog current_date current_role
        current_schema current_time current_timestamp current_user default deferrable desc distinct do else end
        except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into
        is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on
        only or order outer overlaps placing primary references returning right select session_user similar some
        symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when
        where window with""".split()
    )


def display(name: str) -> str:
    """A name as it is written in SQL: quoted only where it has to be.

    Args:
        name: the name as the catalog holds it.
    """
    if _PLAIN.match(name) and name not in _keywords():
        return name
    return '"' + name.replace('"', '""') + '"'


def split(text: str) -> list[str]:
    """The parts of a dotted name, unquoted parts folded to lower case as PostgreSQL does.

    Args:
        text: for example ``public.jobs.batch_id`` or ``"Order"."batchId"``.

    Raises:
        UsageError: the text is no dotted name.
    """
    parts: list[str] = []
    position = 0
    stripped = text.strip()
    while True:
        match = _PART.match(stripped, position)
        if match is None:
            raise UsageError(f"{text!r} is not a name.", "Write table.column or schema.table.column, quoted as in SQL.")
        quoted, plain = match.groups()
        parts.append(quoted.replace('""', '"') if quoted is not None else plain.lower())
        position = match.end()
        if position == len(stripped):
            return parts
        if stripped[position] != ".":
            raise UsageError(f"{text!r} is not a name.", "Write table.column or schema.table.column, quoted as in SQL.")
        position += 1


@dataclass(frozen=True, slots=True, order=True)
class TableName:
    """A table's name with its schema, as the catalog holds them (not quoted)."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{display(self.schema)}.{display(self.name)}"

    @property
    def identifier(self) -> sql.Identifier:
        """The qualified name, quoted, to be put into a statement."""
        return sql.Identifier(self.schema, self.name)

    def column(self, name: str) -> ColumnName:
        """One of the table's columns."""
        return ColumnName(self.schema, self.name, name)


@dataclass(frozen=True, slots=True, order=True)
class ColumnName:
    """A column's name with its table and schema, as the catalog holds them (not quoted)."""

    schema: str
    table: str
    name: str

    def __str__(self) -> str:
        return f"{display(self.schema)}.{display(self.table)}.{display(self.name)}"

    @property
    def table_name(self) -> TableName:
        """The table the column belongs to."""
        return TableName(self.schema, self.table)

    @property
    def identifier(self) -> sql.Identifier:
        """The column's own name, quoted."""
        return sql.Identifier(self.name)


def too_long(name: str) -> bool:
    """Whether PostgreSQL would cut the name (63 bytes of UTF-8 at the most)."""
    return len(name.encode()) > MAX_IDENTIFIER_BYTES
