"""What the models of a project say about columns: their types, and what ties them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from alembic.operations import MigrateOperation, ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, Uuid
from sqlalchemy.exc import NoReferenceError

from uuidkit.catalog.names import display

# Schema (None for the default one), table, column, as Alembic's operations name them.
Name: TypeAlias = "tuple[str | None, str, str]"
Key: TypeAlias = tuple[Name, Name]  # referencing, referenced


@dataclass(frozen=True)
class Models:
    """The models that autogenerate compares with the database.

    Attributes:
        types: the type of every column.
        keys: every foreign key column by column.
        default_schema: the one that a table without a schema is in.
    """

    types: dict[Name, Any]
    keys: frozenset[Key]
    default_schema: str | None

    def plain(self, schema: str | None, table: str, column: str) -> Name:
        """The name with None in place of the default schema."""
        return (None if schema == self.default_schema else schema, table, column)

    def is_uuid(self, name: Name) -> bool | None:
        """Whether a column's model is a uuid of PostgreSQL; None where there is no model of it."""
        return is_uuid(self.types[name]) if name in self.types else None

    def has_table(self, name: Name) -> bool:
        """Whether there is a model of the column's table."""
        return any(known[:2] == name[:2] for known in self.types)


def is_uuid(kind: Any) -> bool:
    """Whether a SQLAlchemy type is uuid in PostgreSQL, also under a decorator such as PrefixedUUID.

    Args:
        kind: an instance of a type.
    """
    inner = getattr(kind, "impl_instance", kind)
    return isinstance(inner, Uuid) and inner.native_uuid


def read_models(context: MigrationContext) -> Models:
    """The models of ``target_metadata``, one MetaData or several.

    Args:
        context: online.
    """
    given = context.opts.get("target_metadata")
    default_schema = context.dialect.default_schema_name
    types: dict[Name, Any] = {}
    keys: set[Key] = set()

    def plain(schema: str | None, table: str, column: str) -> Name:
        return (None if schema == default_schema else schema, str(table), str(column))

    for metadata in [given] if isinstance(given, MetaData) else given or ():
        for table in metadata.tables.values():
            for column in table.columns:
                types[plain(table.schema, table.name, column.name)] = column.type
            for key in table.foreign_keys:
                source = plain(table.schema, table.name, key.parent.name)
                try:
                    end = key.column
                except NoReferenceError:
                    # To a table of another MetaData, or one that the models do not have.
                    *schema, other, name = key.target_fullname.split(".")
                    keys.add((source, plain(".".join(schema) or None, other, name)))
                    continue
                keys.add((source, plain(end.table.schema, end.table.name, end.name)))
    return Models(types, frozenset(keys), default_schema)


def new_keys(models: Models, operations: Iterable[MigrateOperation]) -> set[Key]:
    """Foreign keys that the models have and the database has not.

    Args:
        models: for the names.
        operations: what autogenerate found.
    """
    found: set[Key] = set()
    for op in each(operations):
        if isinstance(op, ops.CreateForeignKeyOp):
            for local, remote in zip(op.local_cols, op.remote_cols, strict=True):
                source = models.plain(op.kw.get("source_schema"), op.source_table, local)
                found.add((source, models.plain(op.kw.get("referent_schema"), op.referent_table, remote)))
    return found


def each(operations: Iterable[MigrateOperation]) -> Iterator[MigrateOperation]:
    """Every single operation, those within containers too."""
    for op in operations:
        if isinstance(op, ops.OpContainer):
            yield from each(op.ops)
        else:
            yield op


def reached(start: Name, keys: Iterable[Key]) -> set[Name]:
    """The columns that keys tie to one, itself included."""
    edges = list(keys)
    found = {start}
    while new := {end for edge in edges if found & set(edge) for end in edge} - found:
        found |= new
    return found


def dotted(name: Name) -> str:
    """A name as SQL writes it."""
    return ".".join(display(part) for part in name if part is not None)
