"""Functions whose body is a string: no dependency tells what they read, only their text does."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from psycopg import sql

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.catalog.read import empty_search_path
from uuidkit.composing import raw, text_of
from uuidkit.database.session import Session
from uuidkit.dependents import queries
from uuidkit.dependents.model import StringFunction


def read_functions(session: Session, schema: Schema, changing: Collection[ColumnName]) -> tuple[StringFunction, ...]:
    """The functions with a string for a body that have to do with the columns.

    Args:
        session: in a transaction.
        schema: what is there.
        changing: the columns that change their type.
    """
    if not changing:
        return ()
    with empty_search_path(session):
        rows = session.rows(queries.PROCEDURAL)
    columns = [(column, _word(column.name), _word(column.table)) for column in sorted(changing)]
    tables = {schema.tables[column.table_name].oid: column.table_name for column in changing}
    return tuple(_found(rows, columns, tables))


def _found(
    rows: list[tuple[Any, ...]],
    columns: list[tuple[ColumnName, re.Pattern[str], re.Pattern[str]]],
    tables: dict[int, TableName],
) -> Iterator[StringFunction]:
    for row in rows:
        _, name, schema, own_name, arguments, kind, language, source, cost, definition, owned, triggers = row
        body = source or ""
        met = {tables[oid] for oid in triggers if oid in tables}
        met |= {column.table_name for column, _, table_word in columns if table_word.search(body)}
        if not met:
            continue
        mentioned = [column for column, word, _ in columns if column.table_name in met and word.search(body)]
        touch = None
        if language == "plpgsql" and owned:
            # A procedure has no COST to set again; its own definition serves.
            touch = definition.strip() if kind == "p" else None
            touch = touch or text_of(
                sql.SQL("ALTER FUNCTION {}({}) COST {}").format(
                    sql.Identifier(schema, own_name), raw(arguments), raw(cost)
                )
            )
        yield StringFunction(name, language, mentioned[0] if mentioned else None, touch, owned, tuple(sorted(met)))


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])", re.IGNORECASE)
