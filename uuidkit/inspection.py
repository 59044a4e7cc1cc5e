"""What `inspect` shows: tables with everything whose loss a conversion must not cause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from uuidkit.catalog.model import Check, Column, ForeignKey, Index, Schema, Table
from uuidkit.catalog.names import TableName, display, split
from uuidkit.errors import UsageError
from uuidkit.targets import resolve_table

_MODIFIER = re.compile(r"\(\d+(?:,-?\d+)?\)")


@dataclass(frozen=True, slots=True)
class ColumnInspection:
    """A column as a reader looks at it.

    Attributes:
        type: the type as information_schema names it, without a length.
        full_type: the type as PostgreSQL prints it, length included.
        default: the default, the identity or the word ``generated``; None for none.
        primary_key: whether the column is part of the primary key.
        references: the columns it refers to by declared foreign keys.
    """

    name: str
    type: str
    full_type: str
    nullable: bool
    default: str | None
    primary_key: bool
    references: tuple[str, ...]
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class DependentInspection:
    """An object that depends on a table: a view, a policy, a trigger …

    Attributes:
        columns: the columns it depends on; none when it depends on the table or its row type.
    """

    kind: str
    name: str
    columns: tuple[str, ...]
    definition: str = ""


@dataclass(frozen=True, slots=True)
class TableInspection:
    """A table and what hangs on it.

    Attributes:
        uniques: unique constraints and unique indexes, the primary key first.
        indexes: all other indexes.
        foreign_keys: declared references of this table to others.
        referenced_by: declared references of other tables, and of itself, to this one.
    """

    table: Table
    columns: tuple[ColumnInspection, ...]
    uniques: tuple[Index, ...]
    indexes: tuple[Index, ...]
    foreign_keys: tuple[ForeignKey, ...]
    referenced_by: tuple[ForeignKey, ...]
    checks: tuple[Check, ...]
    dependents: tuple[DependentInspection, ...]


def inspect(schema: Schema, tables: Sequence[str] = (), only_schema: str | None = None) -> tuple[TableInspection, ...]:
    """The tables named, or all of them.

    Args:
        schema: the catalog as it was read.
        tables: names as a user writes them, with or without a schema; none for every table.
        only_schema: leaves out all tables of other schemas; as the catalog holds the name.

    Raises:
        UsageError: a name is unknown; all such names are told at once.
    """
    if only_schema is not None and all(name.schema != only_schema for name in schema.tables):
        known = ", ".join(sorted({display(name.schema) for name in schema.tables}))
        raise UsageError(
            f"There is no table in a schema {display(only_schema)}.", f"There are tables in {known}." if known else ""
        )
    if tables:
        names = _resolve(schema, tables, only_schema)
    else:
        names = [name for name in sorted(schema.tables) if only_schema is None or name.schema == only_schema]
    return tuple(_inspect(schema, schema.tables[name]) for name in names)


def _resolve(schema: Schema, tables: Sequence[str], only_schema: str | None) -> list[TableName]:
    found: dict[TableName, None] = {}
    problems: list[str] = []
    for text in tables:
        try:
            parts = split(text)
            if len(parts) > 2:
                raise UsageError(f"{text!r} names no table.", "Write table or schema.table, quoted as in SQL.")
            if len(parts) == 1 and only_schema is not None:
                parts = [only_schema, *parts]
            found[resolve_table(schema, parts, text)] = None
        except UsageError as error:
            problems.append(str(error).replace("\n", " "))
    if problems:
        raise UsageError("\n".join(problems))
    return list(found)


def _inspect(schema: Schema, table: Table) -> TableInspection:
    own = schema.indexes_of(table.name)
    foreign_keys = tuple(key for key in schema.foreign_keys if key.table == table.name)
    uniques = sorted((i for i in own if i.unique), key=lambda i: (not i.primary, i.oid))
    primary = frozenset(name for i in own if i.primary for name in i.key_columns)
    return TableInspection(
        table=table,
        columns=tuple(
            _column(table.name, column, column.name in primary, foreign_keys)
            for column in sorted(table.columns.values(), key=lambda c: c.attnum)
        ),
        uniques=tuple(uniques),
        indexes=tuple(i for i in own if not i.unique),
        foreign_keys=foreign_keys,
        referenced_by=tuple(key for key in schema.foreign_keys if key.referenced_table == table.name),
        checks=tuple(check for check in schema.checks if check.table == table.name),
        dependents=_dependents(schema, table.name),
    )


def _column(table: TableName, column: Column, primary: bool, foreign_keys: tuple[ForeignKey, ...]) -> ColumnInspection:
    references = tuple(
        f"{short_name(table, referenced.table_name)}.{display(referenced.name)}"
        for key in foreign_keys
        for referencing, referenced in key.pairs
        if referencing.name == column.name
    )
    return ColumnInspection(
        name=column.name,
        type=_information_schema_type(column),
        full_type=column.type,
        nullable=not column.not_null,
        default=_default(column),
        primary_key=primary,
        references=tuple(dict.fromkeys(references)),
        comment=column.comment,
    )


def _information_schema_type(column: Column) -> str:
    return "ARRAY" if column.type.endswith("[]") else _MODIFIER.sub("", column.type)


def _default(column: Column) -> str | None:
    if column.identity:
        return f"generated {'always' if column.identity == 'a' else 'by default'} as identity"
    return "generated" if column.generated else column.default


def short_name(seen_from: TableName, table: TableName) -> str:
    """The table's name as short as it is clear: without a schema where both tables share one."""
    return display(table.name) if table.schema == seen_from.schema else str(table)


def _dependents(schema: Schema, table: TableName) -> tuple[DependentInspection, ...]:
    columns: dict[tuple[str, str], list[str]] = {}
    definitions: dict[tuple[str, str], str] = {}
    for dependent in schema.dependents:
        if dependent.table == table:
            key = (dependent.kind, dependent.name)
            read = columns.setdefault(key, [])
            if dependent.column is not None and dependent.column not in read:
                read.append(dependent.column)
            definitions[key] = dependent.definition
    return tuple(
        DependentInspection(kind=key[0], name=key[1], columns=tuple(read), definition=definitions[key])
        for key, read in sorted(columns.items())
    )
