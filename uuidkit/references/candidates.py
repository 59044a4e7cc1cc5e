"""Which columns may refer, and which may be referred to without a foreign key. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName
from uuidkit.references.naming import belongs_to_table, names_copy_of
from uuidkit.references.samples import is_candidate


@dataclass(frozen=True, slots=True)
class Candidates:
    """The columns between which references are looked for.

    Attributes:
        children: text columns that may refer.
        keys: columns that may be referred to, with a rank: 0 unique, 1 called after its table, 2 a target.
    """

    children: tuple[ColumnName, ...]
    keys: Mapping[ColumnName, int]

    @classmethod
    def of(cls, schema: Schema, targets: Collection[ColumnName]) -> Candidates:
        """The candidates of a database.

        Args:
            schema: the catalog.
            targets: the columns of the request.
        """
        referencing = {child for key in schema.foreign_keys for child, _ in key.pairs}
        children: list[ColumnName] = []
        keys: dict[ColumnName, int] = {}
        for table in schema.tables.values():
            uuids = [column.name for column in table.columns.values() if column.is_uuid]
            for column in table.columns.values():
                if not is_candidate(table, column):
                    continue
                name = table.name.column(column.name)
                copy = column.is_text and any(names_copy_of(column.name, uuid) for uuid in uuids)
                if column.is_text and name not in referencing and not copy:
                    children.append(name)
                if copy:
                    continue
                if schema.is_unique(name):
                    keys[name] = 0
                elif column.is_uuid and belongs_to_table(name):
                    keys[name] = 1
                elif name in targets:
                    keys[name] = 1 if belongs_to_table(name) else 2
        return cls(tuple(children), keys)

    @property
    def all(self) -> tuple[ColumnName, ...]:
        """Every column that is one or the other."""
        return tuple(dict.fromkeys((*self.children, *self.keys)))


def wanted_columns(schema: Schema, targets: Collection[ColumnName] = ()) -> tuple[ColumnName, ...]:
    """The columns whose samples discovery needs.

    Args:
        schema: the catalog.
        targets: the columns of the request.
    """
    kept = [
        table.name.column(column.name)
        for table in schema.tables.values()
        for column in table.columns.values()
        if is_candidate(table, column) and column.is_text
    ]
    return tuple(dict.fromkeys((*Candidates.of(schema, targets).all, *kept)))
