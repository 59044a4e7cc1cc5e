"""Functions whose body, or what a trigger gives them, is a string: only that text tells what they read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from psycopg import sql

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.catalog.read import empty_search_path
from uuidkit.composing import raw, text_of
from uuidkit.database.session import Session
from uuidkit.dependents import queries
from uuidkit.dependents.model import DependentObject, NamingTrigger, StringFunction


def read_functions(
    session: Session, schema: Schema, changing: Collection[ColumnName], dependents: Sequence[DependentObject] = ()
) -> tuple[StringFunction, ...]:
    """The functions with a string for a body that have to do with the columns.

    Args:
        session: in a transaction.
        schema: what is there.
        changing: the columns that change their type.
        dependents: what hangs on them, each after all that it is built on; a function may meet them through a view.
    """
    if not changing:
        return ()
    with empty_search_path(session):
        rows = session.rows(queries.PROCEDURAL)
    relations: dict[int, tuple[ColumnName, ...]] = {}
    words: list[tuple[re.Pattern[str], tuple[ColumnName, ...]]] = []
    own: dict[TableName, list[ColumnName]] = {}
    for column in sorted(changing):
        own.setdefault(column.table_name, []).append(column)
    for table, columns in sorted((table, tuple(found)) for table, found in own.items()):
        relations[schema.tables[table].oid] = columns
        words.append((_word(table.name), columns))
    for view, reached in _views(dependents):
        relations[view.oid] = tuple(sorted(reached & set(changing)))
        words.append((_word(view.table.name), relations[view.oid]))
    return tuple(_found(rows, words, relations))


def read_naming_triggers(
    session: Session, schema: Schema, changing: Collection[ColumnName], dependents: Sequence[DependentObject] = ()
) -> tuple[NamingTrigger, ...]:
    """The triggers that pass the name of a column to their function, which may do with it what a text alone allows.

    Args:
        session, schema, changing, dependents: as for ``read_functions``.
    """
    relations: dict[int, set[ColumnName]] = {}
    for column in changing:
        relations.setdefault(schema.tables[column.table_name].oid, set()).add(column)
    for view, reached in _views(dependents):
        relations[view.oid] = set(reached & set(changing))
    if not relations:
        return ()
    with empty_search_path(session):
        rows = session.rows(queries.TRIGGER_ARGUMENTS, {"relations": sorted(relations)})
    return tuple(
        NamingTrigger(name, function, column)
        for oid, name, function, arguments in rows
        for column in sorted(relations[oid])
        if any(_word(column.name).search(argument) for argument in arguments)
    )


def _views(dependents: Sequence[DependentObject]) -> Iterator[tuple[DependentObject, frozenset[ColumnName]]]:
    """The views, each with the columns that it reads itself or through others."""
    reached: dict[tuple[str, int], frozenset[ColumnName]] = {}
    for found in dependents:
        reached[found.key] = found.reads.union(*(reached.get(need, frozenset()) for need in found.needs))
        if found.kind in ("view", "materialized view"):
            yield found, reached[found.key]


def _found(
    rows: list[tuple[Any, ...]],
    words: Sequence[tuple[re.Pattern[str], tuple[ColumnName, ...]]],
    relations: dict[int, tuple[ColumnName, ...]],
) -> Iterator[StringFunction]:
    for row in rows:
        _, name, schema, own_name, arguments, kind, language, source, cost, definer, owned, met_oids = row
        body = source or ""
        met = {column for oid in met_oids for column in relations.get(oid, ())}
        met.update(column for word, columns in words if word.search(body) for column in columns)
        if not met:
            continue
        mentioned = [column for column in sorted(met) if _word(column.name).search(body)]
        mentioned.sort(key=lambda column: _word(column.table).search(body) is None)
        touch = None
        if language == "plpgsql" and owned:
            # A procedure has no COST to set again.
            touch = text_of(
                sql.SQL("ALTER {} {}({}) {}").format(
                    sql.SQL("PROCEDURE" if kind == "p" else "FUNCTION"),
                    sql.Identifier(schema, own_name),
                    raw(arguments),
                    raw(f"COST {cost}" if kind != "p" else "SECURITY DEFINER" if definer else "SECURITY INVOKER"),
                )
            )
        tables = tuple(sorted({column.table_name for column in met}))
        yield StringFunction(name, language, mentioned[0] if mentioned else None, touch, owned, tables)


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])", re.IGNORECASE)
