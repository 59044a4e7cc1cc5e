"""For the tests of a project: fails when a model says text where the standard, or the database, says uuid."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Column, MetaData, Table
    from sqlalchemy.types import TypeEngine

__all__ = ["assert_ids_are_uuid", "text_ids"]

ID_NAME = r"(?:^|_)u?uid$|(?:^|_)id$|[a-z]U?U?Id$"


def assert_ids_are_uuid(
    metadata: MetaData, connection: Any = None, *, names: str = ID_NAME, exclude: Collection[str] = ()
) -> None:
    """Fail, naming every column at once, when ids of the models are text that should be uuid.

    Args:
        metadata: of the models, ``Base.metadata``.
        connection: a SQLAlchemy connection to the migrated database; with one, models and database are compared, too.
        names: a regular expression for the names of columns that hold ids.
        exclude: columns that are to stay text, as ``table.column`` or ``schema.table.column``.

    Raises:
        AssertionError: with a line for each column that does not fit.
        ValueError: a column to be excluded does not exist.
    """
    # The lines of this function say nothing to whoever reads the failure.
    __tracebackhide__ = True
    found = text_ids(metadata, connection, names=names, exclude=exclude)
    if found:
        raise AssertionError("ids that are not uuid:\n" + "\n".join(f"  {line}" for line in found))


def text_ids(
    metadata: MetaData, connection: Any = None, *, names: str = ID_NAME, exclude: Collection[str] = ()
) -> list[str]:
    """The columns that ``assert_ids_are_uuid`` fails for, a sentence each.

    Args:
        metadata, connection, names, exclude: as there.

    Raises:
        ValueError: a column to be excluded does not exist.
    """
    columns = {_name(column): column for table in metadata.sorted_tables for column in table.columns}
    unknown = sorted(set(exclude) - columns.keys())
    if unknown:
        raise ValueError(f"no model has the column {', '.join(unknown)}")
    wanted = {name: column for name, column in columns.items() if name not in exclude}
    found = dict(_by_the_models(wanted, names))
    if connection is not None:
        for name, sentence in _by_the_database(connection, metadata, wanted):
            found.setdefault(name, sentence)
    return [f"{name}: {sentence}" for name, sentence in found.items()]


def _by_the_models(columns: dict[str, Column[Any]], names: str) -> Iterator[tuple[str, str]]:
    pattern = re.compile(names)
    for name, column in columns.items():
        if not _is_text(column.type):
            continue
        for key in column.foreign_keys:
            if _is_uuid(key.column.type):
                yield name, f"it is {_type(column)} and refers to {_name(key.column)}, which is uuid"
                break
        else:
            if pattern.search(column.name) and (column.primary_key or column.foreign_keys):
                what = "a primary key" if column.primary_key else "a foreign key"
                yield name, f"it is {what} and {_type(column)}; say Uuid, or PrefixedUUID of uuidkit.types"


def _by_the_database(connection: Any, metadata: MetaData, columns: dict[str, Column[Any]]) -> Iterator[tuple[str, str]]:
    import sqlalchemy

    inspector = sqlalchemy.inspect(connection)
    for table in metadata.sorted_tables:
        if not inspector.has_table(table.name, schema=table.schema):
            continue
        there = {str(one["name"]): one["type"] for one in inspector.get_columns(table.name, schema=table.schema)}
        for column in table.columns:
            name = _name(column)
            if name not in columns or column.name not in there:
                continue
            now = there[column.name]
            if _is_text(column.type) and _is_uuid(now):
                yield name, f"the model says {_type(column)}, the database has uuid"
            elif _is_uuid(column.type) and _is_text(now):
                yield name, "the model says uuid, the database has text; uuidkit convert, or a revision, changes it"


def _name(column: Column[Any]) -> str:
    table: Table = column.table
    return f"{table.fullname}.{column.name}"


def _type(column: Column[Any]) -> str:
    return str(column.type)


def _plain(type_: TypeEngine[Any]) -> Any:
    """The type underneath a TypeDecorator."""
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.types import TypeDecorator

    while isinstance(type_, TypeDecorator):
        type_ = type_.load_dialect_impl(postgresql.dialect())  # type: ignore[no-untyped-call]
    return type_


def _is_text(type_: TypeEngine[Any]) -> bool:
    import sqlalchemy

    plain = _plain(type_)
    return isinstance(plain, sqlalchemy.String) and not isinstance(plain, sqlalchemy.Enum)


def _is_uuid(type_: TypeEngine[Any]) -> bool:
    import sqlalchemy

    return isinstance(_plain(type_), sqlalchemy.Uuid)
