"""Which rows are copied: a sample with every row that its rows refer to, or all; and how they get there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import psycopg
from psycopg import sql

from uuidkit.catalog.model import Schema, Table
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.composing import joined
from uuidkit.database.session import Session
from uuidkit.ids import sql as value
from uuidkit.planning.model import Plan

_ODD = 100  # rows of each kind of value that is out of the ordinary

Pairs = tuple[tuple[ColumnName, ColumnName], ...]
Chosen = dict[int, set[str]]  # table's oid -> places (ctid) of its rows


def needed(schema: Schema, plan: Plan) -> list[TableName]:
    """The tables whose rows are copied: those of the plan, and whatever they refer to, to any depth.

    Args:
        schema: of the real database.
        plan: what is rehearsed.
    """
    found = dict.fromkeys(table for graph in plan.graphs for table in graph.tables)
    found |= dict.fromkeys(column.column.table_name for graph in plan.graphs for column in graph.columns)
    while True:
        more = {key.referenced_table for key in schema.foreign_keys if key.table in found} - found.keys()
        family = {relative for name in (*found, *more) for relative in _family(schema, name)}
        if not (more | family) - found.keys():
            return list(found)
        found |= dict.fromkeys(sorted(more | family))


def _family(schema: Schema, name: TableName) -> tuple[TableName, ...]:
    table = schema.tables[name]
    return (*table.parents, *table.children)


def leaves(schema: Schema, tables: Sequence[TableName]) -> list[Table]:
    """The tables among them that hold rows of their own."""
    return [schema.tables[name] for name in tables if schema.tables[name].kind == "r"]


def choose(
    session: Session,
    schema: Schema,
    plans: Sequence[Plan],
    tables: Sequence[TableName],
    first: Sequence[TableName],
    limit: int,
) -> Chosen:
    """A sample of rows, closed under references.

    Args:
        session: in one REPEATABLE READ transaction with the copying, so that a row stays at its place.
        schema: of the real database.
        plans: what will be tried; rows that they find out of the ordinary are part of the sample.
        tables: whose rows may be part of it.
        first: the tables that the sample begins with.
        limit: rows of each of these.
    """
    chosen: Chosen = {}
    fresh: Chosen = {}
    changing = {column.column: column for plan in plans for graph in plan.graphs for column in graph.columns}.values()
    for table in leaves(schema, first):
        _take(chosen, fresh, session.rows(_spread(table, limit)))
    for column in changing:
        name, findings = column.column.identifier, column.findings
        if column.done or findings is None:
            continue
        odd: list[tuple[int, sql.Composable]] = [
            (findings.unparseable, sql.SQL("{} IS NOT NULL AND NOT {}").format(name, value.is_parseable(name))),
            (findings.nulls, sql.SQL("{} IS NULL").format(name)),
            (findings.padded, sql.SQL("{0}::text <> btrim({0}::text)").format(name)),
            (
                findings.collision_count,
                sql.SQL("{}::text = ANY ({})").format(
                    name, sql.Literal([text for one in findings.collisions for text in one.values])
                ),
            ),
        ]
        for number, condition in odd:
            if number:
                query = sql.SQL("SELECT tableoid, ctid::text FROM {} WHERE {} LIMIT {}").format(
                    column.column.table_name.identifier, condition, sql.Literal(_ODD)
                )
                _take(chosen, fresh, session.rows(query))
    references = list(_references(schema, plans, set(tables)))
    oids = {table.oid: table.name for table in schema.tables.values()}
    while fresh:
        latest, fresh = fresh, {}
        for oid, places in latest.items():
            for referencing, pairs in references:
                if oids[oid] in _descent(schema, referencing):
                    _take(chosen, fresh, session.rows(_referred_to(oids[oid], pairs), {"places": sorted(places)}))
    return chosen


def of_plan(schema: Schema, plan: Plan, name: TableName) -> bool:
    """Whether a table has columns of the plan, or inherits them.

    Args:
        schema: of the real database.
        plan: any.
        name: the table.
    """
    own = {column.column.table_name for graph in plan.graphs for column in graph.columns}
    return any(name in _descent(schema, root) for root in own)


def _descent(schema: Schema, name: TableName) -> set[TableName]:
    """A table with all that inherit from it."""
    found = {name}
    waiting = [name]
    while waiting:
        for child in schema.tables[waiting.pop()].children:
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def _take(chosen: Chosen, fresh: Chosen, rows: Sequence[tuple[int, str]]) -> None:
    for oid, place in rows:
        if place not in chosen.setdefault(oid, set()):
            chosen[oid].add(place)
            fresh.setdefault(oid, set()).add(place)


def _spread(table: Table, limit: int) -> sql.Composable:
    """Rows from all over a table: pages at random where it is large."""
    sampled: sql.Composable = sql.SQL("")
    if table.rows > limit * 4:
        percent = min(100.0, 200.0 * limit / table.rows)
        sampled = sql.SQL(" TABLESAMPLE SYSTEM ({}) REPEATABLE (1)").format(sql.Literal(percent))
    return sql.SQL("SELECT tableoid, ctid::text FROM ONLY {}{} LIMIT {}").format(
        table.name.identifier, sampled, sql.Literal(limit)
    )


def _references(schema: Schema, plans: Sequence[Plan], tables: set[TableName]) -> Iterator[tuple[TableName, Pairs]]:
    for key in schema.foreign_keys:
        if not key.parent and key.table in tables and key.enforced:
            yield key.table, key.pairs
    for graph in (graph for plan in plans for graph in plan.graphs):
        for reference in graph.references:
            if not reference.declared:
                yield reference.referencing.table_name, ((reference.referencing, reference.referenced),)


def _referred_to(leaf: TableName, pairs: Pairs) -> sql.Composable:
    equal = joined(
        [
            sql.SQL("{} = {}").format(sql.Identifier("p", parent.name), sql.Identifier("c", child.name))
            for child, parent in pairs
        ],
        " AND ",
    )
    return sql.SQL(
        "SELECT DISTINCT p.tableoid, p.ctid::text FROM {parent} AS p JOIN ONLY {child} AS c ON {equal} "
        "WHERE c.ctid = ANY (%(places)s::tid[])"
    ).format(parent=pairs[0][1].table_name.identifier, child=leaf.identifier, equal=equal)


def copy(
    source: psycopg.Connection[tuple[object, ...]],
    target: psycopg.Connection[tuple[object, ...]],
    table: Table,
    places: set[str] | None,
) -> int:
    """Copy rows of one table; how many.

    Args:
        source: in the transaction that ``choose`` read in.
        target: to the scratch database, where the table is empty and has no keys yet.
        table: one that holds rows of its own.
        places: of the rows; None for all.
    """
    columns = [sql.Identifier(column.name) for column in table.columns.values() if not column.generated]
    if not columns:
        return 0
    listed = sql.SQL(", ").join(columns)
    chosen = sql.SQL("SELECT {} FROM ONLY {}").format(listed, table.name.identifier)
    if places is not None:
        wanted = sql.SQL("{}::tid[]").format(sql.Literal(sorted(places)))
        chosen += sql.SQL(" WHERE ctid = ANY ({})").format(wanted)
    with source.cursor() as reading, target.cursor() as writing:
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(table.name.identifier, listed)
        with reading.copy(sql.SQL("COPY ({}) TO STDOUT").format(chosen)) as output, writing.copy(into) as given:
            for block in output:
                given.write(block)
        return max(0, writing.rowcount)
