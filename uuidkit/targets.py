"""From what a user types to columns that exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, TableName, display, split
from uuidkit.catalog.trees import root_of
from uuidkit.errors import UsageError


def resolve_columns(schema: Schema, texts: Iterable[str]) -> tuple[ColumnName, ...]:
    """The columns named, each once, in order.

    Args:
        schema: what is there.
        texts: ``table.column`` or ``schema.table.column``, quoted as in SQL where needed; a table without a schema
            is looked for along the search path.

    Raises:
        UsageError: one or more do not exist; all are named at once, with near misses.
    """
    found: dict[ColumnName, None] = {}
    problems: list[str] = []
    for text in texts:
        try:
            found[resolve_column(schema, text)] = None
        except UsageError as error:
            problems.append(str(error).replace("\n", " "))
    if problems:
        raise UsageError("\n".join(problems))
    return tuple(found)


def resolve_roots(schema: Schema, texts: Iterable[str]) -> tuple[ColumnName, ...]:
    """As ``resolve_columns``; a partition's or child's column stands for the one at the root that it comes from.

    Raises:
        UsageError: as there.
    """
    return tuple(dict.fromkeys(root_of(schema, column) for column in resolve_columns(schema, texts)))


def resolve_column(schema: Schema, text: str) -> ColumnName:
    """One column, as ``resolve_columns``.

    Raises:
        UsageError: there is no such table or column, or the text is no name.
    """
    parts = split(text)
    if len(parts) not in (2, 3):
        raise UsageError(f"{text!r} names no column.", "Write table.column or schema.table.column.")
    table = resolve_table(schema, parts[:-1], text)
    column = table.column(parts[-1])
    if schema.column(column) is None:
        names = list(schema.tables[table].columns)
        close = difflib.get_close_matches(parts[-1], names, 1)
        hint = f"Did you mean {table.column(close[0])}?" if close else f"It has {', '.join(map(display, names))}."
        raise UsageError(f"The table {table} has no column {display(parts[-1])}.", hint)
    return column


def resolve_table(schema: Schema, parts: Sequence[str], text: str = "") -> TableName:
    """One table, its schema from the search path where it is not named.

    Args:
        parts: ``[table]`` or ``[schema, table]``.
        text: what the user typed, for messages.

    Raises:
        UsageError: there is no such table.
    """
    if len(parts) == 2:
        names = [TableName(*parts)]
    else:
        names = [TableName(namespace, parts[0]) for namespace in schema.search_path]
    for name in names:
        if name in schema.tables:
            return name
    wanted = display(parts[-1])
    elsewhere = [str(name) for name in schema.tables if name.name == parts[-1]]
    close = difflib.get_close_matches(".".join(parts), [str(n) for n in schema.tables], 1) or difflib.get_close_matches(
        wanted, [display(n.name) for n in schema.tables], 1
    )
    hint = ""
    if elsewhere:
        hint = f"There is {', '.join(elsewhere)}; write the schema's name too."
    elif close:
        hint = f"Did you mean {close[0]}?"
    path = ", ".join(schema.search_path)
    where = f"the schema {display(parts[0])}" if len(parts) == 2 else f"the search path ({path})"
    raise UsageError(f"There is no table {wanted} in {where} of the database {display(schema.database)}.", hint)
