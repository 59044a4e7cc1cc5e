"""Expressions over a converted column and its backup: what the text stands for, and whether a row was touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from psycopg import sql

from uuidkit import ledger
from uuidkit.catalog.names import TableName
from uuidkit.composing import joined, text_of
from uuidkit.ids import sql as value
from uuidkit.ids.expression import ShapeUse, cheapest
from uuidkit.ledger import LedgerColumn, LedgerLookup
from uuidkit.planning.model import Statement

Lookups = Mapping[LedgerLookup, str]


def lookups_of(columns: Sequence[LedgerColumn]) -> Lookups:
    """The look-ups that a graph's columns need, each with the name of its helper table and function."""
    found = dict.fromkeys(lookup for column in columns for lookup in column.lookup)
    return {lookup: f"lookup_{number}" for number, lookup in enumerate(found, 1)}


def with_lookup(
    column: LedgerColumn, operand: sql.Composable, expression: sql.Composable, lookups: Lookups
) -> sql.Composable:
    """The expression, preceded by the look-ups of the column."""
    if not column.lookup:
        return expression
    calls: list[sql.Composable] = [
        sql.SQL("{}({})").format(sql.Identifier(ledger.SCHEMA, lookups[lookup]), value.as_text(operand))
        for lookup in column.lookup
    ]
    return sql.SQL("coalesce({}, {})").format(joined(calls), expression)


def make_lookups(lookups: Lookups) -> Iterator[Statement]:
    """Helpers that give the uuid of an old text, as a sub-query cannot stand in USING; gone at the end."""
    for lookup, name in lookups.items():
        helper = sql.Identifier(ledger.SCHEMA, name)
        column, backup = sql.Identifier(lookup.column), sql.Identifier(lookup.backup)
        table = TableName(lookup.schema, lookup.table)
        yield Statement(
            text_of(
                sql.SQL(
                    "CREATE TABLE {} AS\nSELECT DISTINCT {} AS old, {} AS id FROM {} "
                    "WHERE {} IS NOT NULL AND {} IS NOT NULL"
                ).format(helper, value.as_text(backup), column, table.identifier, backup, column)
            ),
            "change",
            f"collect the old texts of {table}",
        )
        yield Statement(text_of(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY (old)").format(helper)), "change", "index them")
        body = text_of(sql.SQL('SELECT id FROM {} WHERE old = $1 COLLATE "C"').format(helper))
        yield Statement(
            text_of(
                sql.SQL("CREATE FUNCTION {}(text) RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS {}").format(
                    helper, sql.Literal(body)
                )
            ),
            "change",
            "make the look-up of old texts",
        )


def drop_lookups(lookups: Lookups) -> Iterator[Statement]:
    """Take the helpers away again."""
    for name in lookups.values():
        helper = sql.Identifier(ledger.SCHEMA, name)
        yield Statement(text_of(sql.SQL("DROP FUNCTION {}(text)").format(helper)), "change", "drop the look-up")
        yield Statement(text_of(sql.SQL("DROP TABLE {}").format(helper)), "change", "drop the look-up's table")


def converted(
    column: LedgerColumn,
    operand: sql.Composable,
    version_num: int,
    lookups: Lookups,
    looked_up: Sequence[sql.Composable] | None = None,
) -> sql.Composable:
    """The uuid that the conversion gave to a text; never an error, whatever stands in the backup by now.

    Args:
        operand: the text.
        lookups: names of the helpers that look old texts up.
        looked_up: what the look-ups give, where a query joins them instead.
    """
    mode = "null" if column.on_unparseable == "fail" else column.on_unparseable
    uses = [ShapeUse(shape, guard=True) for shape in column.shapes]
    expression = cheapest(operand, uses, mode, version_num, complete=False)
    if looked_up:
        return sql.SQL("coalesce({}, {})").format(joined(list(looked_up)), expression)
    return with_lookup(column, operand, expression, lookups)


def untouched(
    column: LedgerColumn,
    version_num: int,
    lookups: Lookups,
    *,
    uuid: sql.Composable | None = None,
    text: sql.Composable | None = None,
    looked_up: Sequence[sql.Composable] | None = None,
) -> sql.Composable:
    """Whether a row's uuid is still the one that its old text became.

    For the regular shapes the text is spelled again from the uuid and compared: cheaper than converting once
    more, and a proof by another way.

    Args:
        uuid, text: the column and its backup, where they are called otherwise than in the table.
        lookups, looked_up: as for ``converted``.
    """
    uuid = uuid or sql.Identifier(column.column)
    text = text or sql.Identifier(column.backup)
    # Not IS NULL: in the USING of a table that others inherit from, PostgreSQL reads that anew for each table below but
    # keeps the place of the column that it found in the one before; another column there would be tested instead.
    branches: list[sql.Composable] = [
        sql.SQL("WHEN {} IS NOT DISTINCT FROM NULL THEN {} IS NOT DISTINCT FROM NULL").format(text, uuid)
    ]
    if not column.lookup:
        branches += [
            sql.SQL("WHEN {} = {} THEN true").format(value.as_text(text), shape.sql_text(uuid))
            for shape in column.shapes
        ]
    return sql.SQL("CASE {} ELSE {} IS NOT DISTINCT FROM {} END").format(
        joined(branches, " "), uuid, converted(column, text, version_num, lookups, looked_up)
    )
