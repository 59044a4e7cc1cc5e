"""The stage: stand-ins for the affected tables and views under their own names, as common table expressions.

A name that is not qualified means a common table expression before it means a table, so that a definition printed
under the right search path reads the stand-ins, as they are before the conversion or as they will be after it. Nothing
is created: a read-only transaction is enough, and neither a right nor a lock nor an event trigger is met.
Source: PostgreSQL, chapter "WITH Queries".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from psycopg import sql

from uuidkit.composing import joined, raw
from uuidkit.meaning.definitions import Relation

Side = Literal["old", "new"]

_NUMBER = sql.Identifier("uuidkit row")


@dataclass(frozen=True, slots=True)
class StagedColumn:
    """A column of a stand-in.

    Attributes:
        type: as PostgreSQL prints it.
        collation: schema and name where it is not the type's default.
        converted: whether it becomes a uuid.
        filled: whether it has values at all; one that nothing reads has none.
        not_null: whether it refuses NULL.
    """

    name: str
    type: str
    collation: tuple[str, str] | None
    converted: bool
    filled: bool
    not_null: bool = False


@dataclass(frozen=True, slots=True)
class StagedView:
    """A view on the stage.

    Attributes:
        query: as it is.
        rewritten: as it will be, where it is another one.
    """

    relation: Relation
    query: str
    rewritten: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a stand-in.

    Attributes:
        values: the texts of the filled columns in order.
        uuids: the same with the uuids that the converted ones become; None where one of them becomes none.
        variant: number of the choice of values in the columns that do not change; -1 for a row of the table itself.
        null: whether a converted column is NULL.
        idle: whether it has no uuid for values alone that no definition looks for, and no row of the table has.
    """

    values: tuple[str | None, ...]
    uuids: tuple[str | None, ...] | None
    variant: int
    null: bool
    idle: bool = False


@dataclass(frozen=True, slots=True)
class StandIn:
    """A table on the stage.

    Attributes:
        kept: afterwards, the columns behind all others that keep the texts: name, and place among the filled columns.
            New rows, which the made ones stand for, have NULL there.
    """

    relation: Relation
    columns: tuple[StagedColumn, ...]
    rows: tuple[Row, ...]
    kept: tuple[tuple[str, int], ...] = ()

    @property
    def filled(self) -> tuple[StagedColumn, ...]:
        """The columns that have values."""
        return tuple(column for column in self.columns if column.filled)

    def converted(self, row: Row) -> list[str | None]:
        """The texts of a row's converted columns."""
        return [value for column, value in zip(self.filled, row.values, strict=True) if column.converted]

    def limited(self, rows: Sequence[Row]) -> StandIn:
        """The same with other rows."""
        return replace(self, rows=tuple(rows))


@dataclass(frozen=True, slots=True)
class Stage:
    """What is put up for some questions.

    Attributes:
        tables: stand-ins for the affected tables.
        views: affected views, in order.
    """

    tables: tuple[StandIn, ...]
    views: tuple[StagedView, ...] = ()

    def table(self, oid: int) -> StandIn:
        """The stand-in for one table."""
        return next(table for table in self.tables if table.relation.oid == oid)

    def with_other_ids(self) -> Iterator[Stage]:
        """The same with other ids, to see whether they make a difference: with none, and with those of other rows."""
        for multiplier, offset in ((0, 0), (7, 3), (-1, -1)):
            tables = [t.limited(_other_ids(t, multiplier, offset)) for t in self.tables]
            yield Stage(tuple(tables), self.views)

    def of_few_rows(self) -> Stage:
        """The same with a row of each kind alone: of the table itself, made, with NULL, without a uuid."""
        return Stage(tuple(t.limited(_one_of_each(t.rows)) for t in self.tables), self.views)

    def with_others_empty(self, oid: int) -> Stage:
        """The same with rows in one table alone."""
        return Stage(tuple(t if t.relation.oid == oid else t.limited([]) for t in self.tables), self.views)

    def without_null(self) -> Stage:
        """The same without rows whose id is NULL, which stand before or behind all others."""
        return Stage(tuple(t.limited([row for row in t.rows if not row.null]) for t in self.tables), self.views)

    def of_different_ids(self) -> Stage:
        """The same with the first row of each id alone, in every column of ids, so that these order the rows wholly."""
        return Stage(tuple(t.limited(_first_of_each(t)) for t in self.tables), self.views)

    def backwards(self) -> Stage:
        """The same rows in the opposite order."""
        return Stage(tuple(t.limited(t.rows[::-1]) for t in self.tables), self.views)

    def possible(self) -> Stage:
        """The same without rows that the tables would refuse, having NULL where none is allowed."""
        tables = []
        for table in self.tables:
            never = [place for place, column in enumerate(table.filled) if column.not_null]
            tables.append(table.limited([r for r in table.rows if all(r.values[place] is not None for place in never)]))
        return Stage(tuple(tables), self.views)

    def of_real_rows(self) -> Stage:
        """The same with the rows of the tables themselves alone."""
        return Stage(tuple(t.limited([row for row in t.rows if row.variant < 0]) for t in self.tables), self.views)


def _one_of_each(rows: Sequence[Row]) -> list[Row]:
    return list({(row.variant < 0, row.null, row.uuids is None): row for row in reversed(rows)}.values())


def _first_of_each(stand_in: StandIn) -> list[Row]:
    converted = [place for place, column in enumerate(stand_in.filled) if column.converted]
    seen: set[tuple[int, str | None]] = set()
    found = []
    for row in stand_in.rows:
        if row.uuids is not None:
            ids = {(place, row.uuids[place]) for place in converted}
            if not ids & seen:
                found.append(row)
            seen |= ids
    return found


def _other_ids(stand_in: StandIn, multiplier: int, offset: int) -> list[Row]:
    rows = [row for row in stand_in.rows if row.uuids is not None]
    changed = []
    for number, row in enumerate(rows):
        donor = rows[(number * multiplier + offset) % len(rows)]
        values = _with_ids_of(stand_in, row.values, donor.values if multiplier else None)
        uuids = _with_ids_of(stand_in, row.uuids or (), (donor.uuids or ()) if multiplier else None)
        changed.append(Row(values, uuids, row.variant, not multiplier))
    return changed


def _with_ids_of(
    stand_in: StandIn, values: Sequence[str | None], donor: Sequence[str | None] | None
) -> tuple[str | None, ...]:
    return tuple(
        (None if donor is None else donor[place]) if column.converted else values[place]
        for place, column in enumerate(stand_in.filled)
    )


def numbered(table: StandIn) -> sql.Identifier:
    """The name of a stand-in's rows with their numbers."""
    return sql.Identifier(f"uuidkit rows {table.relation.oid}")


def scenery(
    side: Side,
    tables: Collection[StandIn],
    views: Sequence[StagedView],
    *,
    unconverted: bool = False,
) -> sql.Composed:
    """The WITH clause that puts stand-ins up.

    Args:
        side: before the conversion, or after it.
        tables: the affected tables.
        views: the affected views, each after those that it reads.
        unconverted: whether rows that have no uuid are there too; only before the conversion. Where there are several
            tables, idle ones are not: they would meet in them, which says nothing of the definition.
    """
    parts: list[sql.Composable] = []
    for table in tables:
        parts += [_rows(side, table, unconverted, idle=len(tables) == 1), _table(table, side)]
    for view in views:
        query = view.rewritten if side == "new" and view.rewritten else view.query
        parts.append(
            sql.SQL("{} ({}) AS ({})").format(
                sql.Identifier(view.relation.name.name),
                joined([sql.Identifier(column) for column in view.relation.columns]),
                raw(query.rstrip().rstrip(";")),
            )
        )
    # A clause without anything in it is not allowed, and more may be added behind it.
    return sql.SQL("WITH {}").format(joined(parts or [sql.SQL("{} AS (SELECT)").format(sql.Identifier("uuidkit"))]))


def row_of(table: StandIn, alias: str, rows: sql.Composable, side: Side) -> sql.Composed:
    """A row of a stand-in under the name that an expression knows it by, to be put behind FROM.

    Args:
        table: the table.
        alias: the table's name, or ``old`` and ``new``.
        rows: the alias of the numbered rows.
        side: before the conversion, or after it.
    """
    return sql.SQL("CROSS JOIN LATERAL (SELECT {}) AS {}").format(_columns(table, rows, side), sql.Identifier(alias))


def number_of(rows: sql.Composable) -> sql.Composed:
    """The number of a row: its place in ``StandIn.rows``."""
    return sql.SQL("{}.{}").format(rows, _NUMBER)


def typed(column: StagedColumn, value: sql.Composable, side: Side) -> sql.Composed:
    """A text as a value of a column's type."""
    if side == "new" and column.converted:
        return sql.SQL("{}::uuid").format(value)
    cast = sql.SQL("{}::{}").format(value, raw(column.type))
    if column.collation is None:
        return cast
    return sql.SQL("({}) COLLATE {}").format(cast, sql.Identifier(*column.collation))


def type_of(column: StagedColumn, side: Side) -> sql.Composed:
    """A column's type with its collation, as it stands in the definition of a table."""
    if side == "new" and column.converted:
        return sql.SQL("{}").format(sql.SQL("uuid"))
    if column.collation is None:
        return sql.SQL("{}").format(raw(column.type))
    return sql.SQL("{} COLLATE {}").format(raw(column.type), sql.Identifier(*column.collation))


def texts(values: Sequence[str | None]) -> sql.Composed:
    """An array of texts as a constant."""
    return sql.SQL("{}::text[]").format(sql.Literal(list(values)))


def _rows(side: Side, table: StandIn, unconverted: bool, *, idle: bool) -> sql.Composed:
    shown = [
        (number, row.values if side == "old" else row.uuids)
        for number, row in enumerate(table.rows)
        if row.uuids is not None or (unconverted and side == "old" and (idle or not row.idle))
    ]
    filled = table.filled
    kept = table.kept if side == "new" else ()
    names = [sql.Identifier(f"uuidkit {number}") for number in range(len(filled) + len(kept))]
    arrays = [texts([values[n] for _, values in shown if values is not None]) for n in range(len(filled))]
    for _, place in kept:
        real = [table.rows[number] for number, _ in shown]
        arrays.append(texts([row.values[place] if row.variant < 0 else None for row in real]))
    values_typed = [
        typed(column, sql.SQL("u.{}").format(name), side) for column, name in zip(filled, names, strict=False)
    ]
    values_typed += [sql.SQL("u.{}").format(name) for name in names[len(filled) :]]
    return sql.SQL(
        "{rows} ({number}, {names}) AS MATERIALIZED (SELECT u.n::int, {typed} FROM unnest({arrays}) AS u ({short}))"
    ).format(
        rows=numbered(table),
        number=_NUMBER,
        names=joined(list(names)),
        typed=joined(list(values_typed)),
        arrays=joined([texts([str(number) for number, _ in shown]), *arrays]),
        short=joined([sql.SQL("n"), *names]),
    )


def _table(table: StandIn, side: Side) -> sql.Composed:
    rows = sql.SQL("uuidkit")
    return sql.SQL("{} AS (SELECT {} FROM {} AS uuidkit)").format(
        sql.Identifier(table.relation.name.name), _columns(table, rows, side), numbered(table)
    )


def _columns(table: StandIn, rows: sql.Composable, side: Side) -> sql.Composed:
    number = 0
    parts: list[sql.Composable] = []
    kept = [(name, len(table.filled) + n) for n, (name, _) in enumerate(table.kept)] if side == "new" else []
    for column in table.columns:
        if column.filled:
            value: sql.Composable = sql.SQL("{}.{}").format(rows, sql.Identifier(f"uuidkit {number}"))
            number += 1
        else:
            value = sql.SQL("NULL::{}").format(raw(column.type))
        parts.append(sql.SQL("{} AS {}").format(value, sql.Identifier(column.name)))
    for name, place in kept:
        parts.append(sql.SQL("{}.{} AS {}").format(rows, sql.Identifier(f"uuidkit {place}"), sql.Identifier(name)))
    return joined(parts)


def uuids_of(
    values: Sequence[str | None], converted: Sequence[Mapping[str, str | None] | None]
) -> tuple[str | None, ...] | None:
    """What a row becomes; None where one of its values has no uuid.

    Args:
        values: the texts of a row.
        converted: for each of them the uuids of the column's texts; None for a column that does not change.
    """
    found: list[str | None] = []
    for value, known in zip(values, converted, strict=True):
        if known is None or value is None:
            found.append(value)
        elif value in known:
            found.append(known[value])
        else:
            return None
    return tuple(found)
