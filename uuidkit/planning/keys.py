"""Foreign keys and unique constraints of a plan: what is put back, what is newly declared."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from psycopg import sql

from uuidkit.catalog.model import ForeignKey, Schema
from uuidkit.catalog.names import MAX_IDENTIFIER_BYTES, ColumnName, TableName
from uuidkit.composing import text_of
from uuidkit.findings import Reference
from uuidkit.planning.model import ForeignKeyPlan, UniquePlan


def kept_keys(schema: Schema, changing: Collection[ColumnName]) -> tuple[ForeignKeyPlan, ...]:
    """Every foreign key on a changing column, in the order of creation.

    The triggers that carry out ON DELETE fire in that order, so it is part of what a key means. A key that refers to
    an index which merely includes a changing column is one of them: PostgreSQL makes that index anew.
    """
    tables = {column.table_name for column in changing}
    included = {
        index.oid
        for index in schema.indexes_on(tables)
        if any(index.table == column.table_name and column.name in index.includes for column in changing)
    }
    return tuple(
        _as_is(key)
        for key in schema.foreign_keys_on(tables)
        if key.parent == 0 and (key.index in included or any(end in changing for pair in key.pairs for end in pair))
    )


def _as_is(key: ForeignKey) -> ForeignKeyPlan:
    return ForeignKeyPlan(
        name=key.name,
        table=key.table,
        columns=key.columns,
        referenced_table=key.referenced_table,
        referenced_columns=key.referenced_columns,
        definition=key.definition,
        existing=key,
    )


def declared_keys(
    schema: Schema, references: Sequence[Reference]
) -> tuple[tuple[ForeignKeyPlan, ...], tuple[UniquePlan, ...]]:
    """The foreign keys that turn undeclared references into real ones, with the unique constraints they need.

    Args:
        schema: what is there.
        references: the undeclared references to be declared.
    """
    taken: set[tuple[TableName, str]] = {(key.table, key.name) for key in schema.foreign_keys}
    taken |= {(check.table, check.name) for check in schema.checks}
    taken |= {(index.table, index.constraint) for index in schema.indexes if index.constraint}
    relations = {(index.table.schema, index.name) for index in schema.indexes}
    relations |= {(name.schema, name.name) for name in schema.tables}
    uniques: dict[ColumnName, UniquePlan] = {}
    keys: list[ForeignKeyPlan] = []
    for reference in references:
        referenced = reference.referenced
        if not schema.is_unique(referenced) and referenced not in uniques:
            number = 0
            name = constraint_name(referenced.table, referenced.name, "key", number)
            while (referenced.table_name, name) in taken or (referenced.schema, name) in relations:
                number += 1
                name = constraint_name(referenced.table, referenced.name, "key", number)
            taken.add((referenced.table_name, name))
            uniques[referenced] = UniquePlan(name, referenced)
        number = 0
        child = reference.referencing
        name = constraint_name(child.table, child.name, "fkey", number)
        while (child.table_name, name) in taken:
            number += 1
            name = constraint_name(child.table, child.name, "fkey", number)
        taken.add((child.table_name, name))
        keys.append(
            ForeignKeyPlan(
                name=name,
                table=child.table_name,
                columns=(child.name,),
                referenced_table=referenced.table_name,
                referenced_columns=(referenced.name,),
                definition=text_of(
                    sql.SQL("FOREIGN KEY ({}) REFERENCES {} ({})").format(
                        child.identifier, referenced.table_name.identifier, referenced.identifier
                    )
                ),
            )
        )
    return tuple(keys), tuple(uniques.values())


def constraint_name(table: str, column: str, label: str, number: int = 0) -> str:
    """A constraint's name as PostgreSQL would choose it, cut to 63 bytes (ChooseConstraintName).

    Args:
        table: the table's own name.
        column: the column's name.
        label: ``fkey`` or ``key``.
        number: 0 for the first choice, then 1, 2 …
    """
    ending = f"_{label}{number or ''}"
    table_bytes, column_bytes = len(table.encode()), len(column.encode())
    room = MAX_IDENTIFIER_BYTES - len(ending) - 1
    while table_bytes + column_bytes > room:
        if table_bytes > column_bytes:
            table_bytes -= 1
        else:
            column_bytes -= 1
    return f"{_cut(table, table_bytes)}_{_cut(column, column_bytes)}{ending}"


def _cut(name: str, size: int) -> str:
    return name.encode()[:size].decode(errors="ignore")
