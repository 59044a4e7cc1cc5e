"""Ids inside other values: in JSON, in arrays, in longer texts. They are shown, never touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from psycopg import sql

from uuidkit.catalog.model import Table
from uuidkit.catalog.names import ColumnName
from uuidkit.database.session import Session
from uuidkit.ids import grammar
from uuidkit.survey.access import ask
from uuidkit.survey.counting import SAMPLE_LENGTH

_ROWS: Final = 200
_LOOKED_AT: Final = 4000  # characters of a value
_HEAVIEST: Final = 100_000  # bytes; a larger value is not looked into

_CITEXT: Final = "citext"
_CONTAINERS: Final = {
    "json": "JSON",
    "jsonb": "JSON",
    "hstore": "hstore",
    "xml": "XML",
    _CITEXT: "a type that is converted only after it was made text",
}
_TEXT_ARRAYS: Final = frozenset({"_text", "_varchar", "_bpchar"})

_GROUPS: Final = f"{grammar.DIGIT}{{8}}(?:[-_]{grammar.GROUP}){{3}}[-_]{grammar.DIGIT}{{12}}"
_WORDS: Final = "[A-Za-z][A-Za-z0-9]*[_:-]"
# Bounded on both sides, so that no part of a longer run of digits counts.
_ID: Final = f"(?:{_WORDS})*{_GROUPS}|(?:{_WORDS})+{grammar.HEX}"
_INSIDE: Final = f"(?:^|[^0-9A-Za-z])({_ID})(?![0-9A-Za-z-])"
# A whole element may also be 32 digits alone.
_ELEMENT: Final = f'(?:^|[^0-9A-Za-z])({_ID}|(?<=["{{,]){grammar.HEX}(?=["}},]))(?![0-9A-Za-z-])'
_WHOLE: Final = f"(?:^|[^0-9A-Za-z])({_ID}|^{grammar.HEX}$)(?![0-9A-Za-z-])"


@dataclass(frozen=True, slots=True)
class Embedded:
    """A column whose values hold ids among other things.

    Attributes:
        column: the column.
        type: its type, as PostgreSQL prints it.
        where: in what: ``JSON``, ``array``, ``longer text`` …
        rows: rows in which one was seen, of ``looked_at``: a sample, no count.
        example: one id as it stands there.
    """

    column: ColumnName
    type: str
    where: str
    rows: int
    looked_at: int
    example: str

    def __str__(self) -> str:
        return (
            f"{self.column} ({self.type}): {self.where}, for example {self.example} "
            f"({self.rows} of {self.looked_at} rows looked at)"
        )


def may_embed(table: Table, name: str) -> bool:
    """Whether ids may stand inside a column's values.

    Args:
        table: the table.
        name: the column.
    """
    column = table.columns[name]
    return column.base_type in _CONTAINERS or column.base_type in _TEXT_ARRAYS or column.is_text


def embedded(session: Session, table: Table, columns: Sequence[ColumnName]) -> Iterator[Embedded]:
    """Columns of a table that hold ids inside their values, from its first rows.

    Args:
        session: within ``access.settings``.
        table: the table.
        columns: columns of it for which ``may_embed`` holds.

    Raises:
        Unreadable: the values may not be read.
    """
    inner = []
    outer: list[sql.Composable] = [sql.SQL("count(*)")]
    for number, column in enumerate(columns):
        alias = sql.Identifier(f"c{number}")
        inner.append(sql.SQL("{} AS {}").format(_inside(table, column), alias))
        outer.append(sql.SQL("count({0}), min({0})").format(alias))
    [row] = ask(
        session,
        columns[0],
        sql.SQL("SELECT {} FROM (SELECT {} FROM {} LIMIT {}) AS rows").format(
            sql.SQL(", ").join(outer), sql.SQL(", ").join(inner), table.name.identifier, sql.Literal(_ROWS)
        ),
    )
    for number, column in enumerate(columns):
        rows, example = row[1 + 2 * number], row[2 + 2 * number]
        described = table.columns[column.name]
        if rows:
            where = "longer text" if described.is_text else _CONTAINERS.get(described.base_type, "array")
            yield Embedded(column, described.type, where, rows, row[0], example[:SAMPLE_LENGTH])


def _inside(table: Table, column: ColumnName) -> sql.Composable:
    described = table.columns[column.name]
    text = sql.SQL('left(({})::text COLLATE "C", {})').format(column.identifier, sql.Literal(_LOOKED_AT))
    if described.is_text:
        # A whole value that is an id is not embedded in anything.
        return sql.SQL(
            "CASE WHEN octet_length({column}) BETWEEN 33 AND {heaviest} THEN "
            "nullif(substring({text} from {pattern}), btrim({text})) END"
        ).format(
            column=column.identifier,
            heaviest=sql.Literal(_HEAVIEST),
            text=text,
            pattern=sql.Literal(_INSIDE),
        )
    return sql.SQL("CASE WHEN pg_column_size({column}) <= {heaviest} THEN substring({text} from {pattern}) END").format(
        column=column.identifier,
        heaviest=sql.Literal(_HEAVIEST),
        text=text,
        pattern=sql.Literal(_WHOLE if described.base_type == _CITEXT else _ELEMENT),
    )
