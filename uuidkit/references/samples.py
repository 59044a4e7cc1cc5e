"""A few hundred values of every column that may hold identifiers: what references are looked for in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import sql

from uuidkit import ids
from uuidkit.catalog.model import Column, Schema, Table
from uuidkit.catalog.names import ColumnName
from uuidkit.database.session import Session
from uuidkit.ids import sql as value
from uuidkit.survey.access import Unreadable, ask

ROWS: Final = 1000
LONGEST: Final = 200  # bytes; a longer text is no identifier
_SMALL: Final = 400  # pages; a larger table is not even tried to be read whole
_PAGES: Final = 40
_TOO_LONG: Final = "\x01"

OnUnreadable = Callable[[Unreadable], None]

_SIZES: Final[LiteralString] = """
SELECT t.oid::int8,
       (SELECT coalesce(sum(pg_relation_size(f.oid)), 0)
          FROM (SELECT t.oid UNION SELECT relid FROM pg_partition_tree(t.oid::regclass)) AS f (oid))::int8
       / current_setting('block_size')::int8
  FROM unnest(ARRAY[{oids}]::oid[]) AS t (oid)"""


@dataclass(frozen=True, slots=True)
class Sample:
    """Values of one column.

    Attributes:
        texts: different values, as text.
        uuids: those of them that are a uuid in a known format, with the uuid.
        whole: whether these are all values of the column.
        long: whether values were left out because they are too long for an identifier.
        counted: how often each text occurs in the rows that were read, too long ones left out.
        rows, nulls: how many rows were read, and how many of them have no value.
        small: whether a full pass over the table costs next to nothing.
    """

    column: ColumnName
    texts: frozenset[str]
    uuids: Mapping[str, UUID]
    whole: bool
    long: bool = False
    counted: Mapping[str, int] = field(default_factory=dict, repr=False)
    rows: int = 0
    nulls: int = 0
    small: bool = True

    @property
    def empty(self) -> bool:
        """Whether the column is known to hold no value at all."""
        return self.whole and not self.texts


def is_candidate(table: Table, column: Column) -> bool:
    """Whether a column's values are looked at: a text or uuid column, once per family of tables.

    Args:
        table: its table.
        column: the column.
    """
    return (
        (column.is_text or column.is_uuid)
        and not column.generated
        and not table.partition
        and not (table.parents and column.inherited)
    )


def read_samples(
    session: Session, schema: Schema, wanted: Collection[ColumnName], on_unreadable: OnUnreadable
) -> dict[ColumnName, Sample]:
    """Samples of columns, one query per table, the same on every run over the same tables.

    Args:
        session: within ``survey.access.settings``.
        schema: the catalog.
        wanted: text and uuid columns.
        on_unreadable: told of each table that cannot be read; its columns have no sample.
    """
    grouped: dict[int, list[ColumnName]] = {}
    tables: dict[int, Table] = {}
    for column in wanted:
        table = schema.tables[column.table_name]
        tables[table.oid] = table
        grouped.setdefault(table.oid, []).append(column)
    sizes = _sizes(session, [oid for oid, table in tables.items() if table.kind in ("r", "p")])
    samples: dict[ColumnName, Sample] = {}
    for oid, columns in grouped.items():
        table = tables[oid]
        if table.row_security_applies or not table.readable:
            reason = "row-level security hides rows" if table.row_security_applies else "the role may not read it"
            on_unreadable(Unreadable(columns[0], reason, row_security=table.row_security_applies))
            continue
        try:
            samples |= _of_table(session, table, columns, sizes.get(oid, 0))
        except Unreadable as error:
            on_unreadable(error)
    return samples


def _sizes(session: Session, oids: Sequence[int]) -> dict[int, int]:
    """Pages per table, those of its partitions included."""
    if not oids:
        return {}
    return dict(session.rows(sql.SQL(_SIZES).format(oids=sql.SQL(", ").join(map(sql.Literal, oids)))))


def _of_table(session: Session, table: Table, columns: Sequence[ColumnName], pages: int) -> dict[ColumnName, Sample]:
    rows, whole = _rows(session, table, columns, pages)
    result = {}
    for number, column in enumerate(columns):
        found = Counter(row[number] for row in rows)
        if not whole and found[None] == len(rows):
            # Too few rows have a value here to meet one by chance.
            found += Counter(row[0] for row in ask(session, column, _any_values(column)))
        result[column] = make_sample(column, found, whole=whole, small=pages <= _SMALL)
    return result


def make_sample(column: ColumnName, values: Mapping[str | None, int], *, whole: bool, small: bool = True) -> Sample:
    """The sample for values that were read.

    Args:
        column: the column.
        values: how often each value was read; longer ones than an identifier's stand as one marker.
        whole: whether they are all.
        small: whether a full pass over the table costs next to nothing.
    """
    counted = {text: number for text, number in values.items() if text is not None and text != _TOO_LONG}
    texts = frozenset(counted)
    long = _TOO_LONG in values
    shortest = 0 if ids.FORMATS.added else 32  # digits of a built-in format
    uuids = {text: uuid for text in texts if len(text) >= shortest and (uuid := ids.parse(text)) is not None}
    return Sample(
        column,
        texts,
        uuids,
        whole=whole and not long,
        long=long,
        counted=counted,
        rows=sum(values.values()),
        nulls=values.get(None, 0),
        small=small,
    )


def _short(column: ColumnName) -> sql.Composable:
    return sql.SQL(
        "CASE WHEN octet_length({text}) <= {longest} THEN {text} WHEN {text} IS NOT NULL THEN {mark} END"
    ).format(text=value.as_text(column.identifier), longest=sql.Literal(LONGEST), mark=sql.Literal(_TOO_LONG))


def _rows(
    session: Session, table: Table, columns: Sequence[ColumnName], pages: int
) -> tuple[list[tuple[Any, ...]], bool]:
    chosen = sql.SQL(", ").join(map(_short, columns))
    base = sql.SQL("SELECT {} FROM {}").format(chosen, table.name.identifier)
    limit = sql.SQL(" LIMIT {}").format(sql.Literal(ROWS + 1))
    if pages <= _SMALL:
        rows = ask(session, columns[0], base + limit)
        if len(rows) <= ROWS or pages <= _PAGES:
            return rows[:ROWS], len(rows) <= ROWS
    share = sql.SQL(" TABLESAMPLE SYSTEM ({}) REPEATABLE (1)").format(sql.Literal(100.0 * _PAGES / pages))
    spread = base + share + sql.SQL(" LIMIT {}").format(sql.Literal(ROWS * 4 // 5))
    first = base + sql.SQL(" WHERE ctid < '(4,0)'::tid LIMIT {}").format(sql.Literal(ROWS // 5))
    return ask(session, columns[0], sql.SQL("({}) UNION ALL ({})").format(first, spread)), False


def _any_values(column: ColumnName) -> sql.Composable:
    return sql.SQL("SELECT {} FROM {} WHERE {} IS NOT NULL LIMIT {}").format(
        _short(column), column.table_name.identifier, column.identifier, sql.Literal(ROWS // 5)
    )
