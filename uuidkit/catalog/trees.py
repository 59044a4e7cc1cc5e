"""Tables that inherit a column: partitions and children, which change together with the table at the root. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, TableName


def root_of(schema: Schema, column: ColumnName) -> ColumnName:
    """The column at the root of a tree, which PostgreSQL changes together with all below; else the column itself.

    Args:
        schema: what is there.
        column: any; one that comes from several parents is taken to belong to the first.
    """
    while True:
        found = schema.column(column)
        if found is None or not found.inherited:
            return column
        parents = [parent.column(column.name) for parent in schema.tables[column.table_name].parents]
        above = [parent for parent in parents if schema.column(parent) is not None]
        if not above:
            return column
        column = above[0]


def inheriting(schema: Schema, column: ColumnName) -> tuple[ColumnName, ...]:
    """The same column in every table that inherits it, to any depth; a table after the one it inherits from.

    Args:
        schema: what is there.
        column: one at a root.
    """
    return tuple(dict.fromkeys(_below(schema, column)))


def _below(schema: Schema, column: ColumnName) -> Iterator[ColumnName]:
    for child in schema.tables[column.table_name].children:
        name = child.column(column.name)
        found = schema.column(name)
        if found is not None and found.inherited:
            yield name
            yield from _below(schema, name)


def families(schema: Schema, columns: Iterable[ColumnName]) -> tuple[ColumnName, ...]:
    """The columns, each followed by those that inherit it.

    Args:
        schema: what is there.
        columns: at the roots; those that are gone by now stay out.
    """
    found: dict[ColumnName, None] = {}
    for column in columns:
        if schema.column(column) is not None:
            found.update(dict.fromkeys((column, *inheriting(schema, column))))
    return tuple(found)


def family_tables(schema: Schema, tables: Iterable[TableName]) -> tuple[TableName, ...]:
    """The tables, each followed by all that inherit from it.

    Args:
        schema: what is there.
        tables: those that are gone by now stay out.
    """
    found: dict[TableName, None] = {}
    for table in tables:
        if table in schema.tables:
            found.update(dict.fromkeys((table, *_tables_below(schema, table))))
    return tuple(found)


def _tables_below(schema: Schema, table: TableName) -> Iterator[TableName]:
    for child in schema.tables[table].children:
        yield child
        yield from _tables_below(schema, child)


def rebuilt_by_hand(schema: Schema, columns: Collection[ColumnName]) -> frozenset[TableName]:
    """The tables whose indexes have to be taken down and put back one by one.

    PostgreSQL makes a partitioned table's indexes anew from the root's definition alone: names, options and comments
    of the partitions' own indexes are lost, and one that was on the root only is made on every partition.

    Args:
        schema: what is there.
        columns: those that change, at the roots.
    """
    chosen: set[TableName] = set()
    for column in columns:
        family = families(schema, (column,))
        if schema.tables[column.table_name].kind == "p" or names_not_null(schema, family):
            chosen |= {name.table_name for name in family}
    return frozenset(chosen)


def names_not_null(schema: Schema, family: Collection[ColumnName]) -> bool:
    """Whether NOT NULL is a constraint with a name or comment of its own somewhere below the root.

    From 18 on PostgreSQL makes these constraints anew with the type, from the root's alone: another name is lost, or
    stops it with an error.

    Args:
        schema: what is there.
        family: as ``families`` gives one.
    """
    constraints = [found.not_null_constraint for name in family if (found := schema.column(name)) is not None]
    root = constraints[0] if constraints else None
    return root is not None and any(one and (one.name != root.name or one.comment) for one in constraints[1:])
