"""What `inspect` shows: tables with everything whose loss a conversion must not cause."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from uuidkit.catalog.model import Check, Column, ForeignKey, Index, Schema, Table
from uuidkit.catalog.names import TableName, display, split
from uuidkit.errors import UsageError

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
        UsageError: a name is unknown or means several tables; all such names are told at once.
    """
    if only_schema is not None and all(name.schema != only_schema for name in schema.tables):
        known = sorted({name.schema for name in schema.tables})
        raise UsageError(f"There is no table in schema {only_schema!r}.", _suggestion(only_schema, known, "schemas"))
    if tables:
        names = _resolve_all(schema, tables, only_schema)
    else:
        names = [name for name in sorted(schema.tables) if only_schema is None or name.schema == only_schema]
    return tuple(_inspect(schema, schema.tables[name]) for name in names)


def _resolve_all(schema: Schema, tables: Sequence[str], only_schema: str | None) -> list[TableName]:
    found: list[TableName] = []
    wrong: list[UsageError] = []
    for text in tables:
        try:
            name = resolve_table(schema, text, only_schema)
        except UsageError as error:
            wrong.append(error)
        else:
            if name not in found:
                found.append(name)
    if wrong:
        raise UsageError(
            "\n".join(error.message for error in wrong), "\n".join(dict.fromkeys(e.remedy for e in wrong if e.remedy))
        )
    return found


def resolve_table(schema: Schema, text: str, only_schema: str | None = None) -> TableName:
    """The table that a user's text means: in the schema named, on the search path, or the only one of that name.

    Args:
        schema: the catalog.
        text: ``table`` or ``schema.table``, quoted as in SQL where needed.
        only_schema: where an unqualified name is looked for, instead of the search path.

    Raises:
        UsageError: there is no such table, or several.
    """
    parts = split(text)
    if len(parts) == 2:
        name = TableName(*parts)
        if name in schema.tables:
            return name
        raise UsageError(f"There is no table {name}.", _suggestion(str(name), _written(schema.tables), "tables"))
    if len(parts) != 1:
        raise UsageError(f"{text!r} is not a table.", "Write table or schema.table, quoted as in SQL.")
    for place in schema.search_path if only_schema is None else (only_schema,):
        name = TableName(place, parts[0])
        if name in schema.tables:
            return name
    elsewhere = [name for name in sorted(schema.tables) if name.name == parts[0]]
    if only_schema is None and len(elsewhere) == 1:
        return elsewhere[0]
    if only_schema is None and elsewhere:
        raise UsageError(
            f"{text} is ambiguous: it may be {' or '.join(map(str, elsewhere))}.", "Name the schema: schema.table."
        )
    raise UsageError(f"There is no table {text}.", _suggestion(text, _written(schema.tables), "tables"))


def _written(tables: Iterable[TableName]) -> list[str]:
    written: list[str] = []
    for table in sorted(tables):
        written += [str(table), display(table.name)] if table.schema == "public" else [str(table)]
    return written


def _suggestion(text: str, known: Sequence[str], noun: str) -> str:
    if not known:
        return "The database has no tables that this role can see."
    near = difflib.get_close_matches(text, known, n=3, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    if len(known) <= 12:
        return f"The {noun} are: {', '.join(known)}."
    return "`uuidkit inspect` without a name lists them all."


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
