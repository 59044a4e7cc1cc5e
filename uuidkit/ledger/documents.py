"""What the ledger keeps of a conversion: every definition as it was, as plain values and as JSON. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from uuidkit import ids
from uuidkit.catalog.model import KeyClone, KeyTrigger
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.dependents.model import Action, Address
from uuidkit.errors import LedgerError
from uuidkit.planning.model import OnUnparseable

FORMAT = 3  # of the graph document; a later toolkit must be able to read an earlier one's


@dataclass(frozen=True, slots=True)
class LedgerLookup:
    """Where a text was looked up first: a uuid column and the column with its old texts."""

    schema: str
    table: str
    column: str
    backup: str


@dataclass(frozen=True, slots=True)
class LedgerInherited:
    """The column in a table that inherited it, where it may have differed from the root's.

    Attributes:
        default, default_after, storage, compression: as in ``LedgerColumn``.
    """

    schema: str
    table: str
    default: str | None
    default_after: str | None
    storage: str
    compression: str

    @property
    def table_name(self) -> TableName:
        """The table that inherited it."""
        return TableName(self.schema, self.table)


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """One converted column, with all that a way back needs.

    Attributes:
        backup: the column with the text; empty when the text is in a table.
        type: the text type as it was, length included; a domain by its name.
        text_type, text_collation: of a domain, the type below it, and the collation where it is not that type's.
        legacy_shape: the one form that rows added since are given, None for canonical text.
        shapes: the frequent shapes of the old values, for cheap comparison.
        texts: the table of the ledger's schema that has the text of every uuid; empty when a column has it.
        position: which column of the graph it is, in that table.
        inherited: the tables that inherited the column.
    """

    schema: str
    table: str
    column: str
    backup: str
    type: str
    collation: tuple[str, str] | None
    default: str | None
    default_after: str | None
    storage: str
    type_storage: str
    compression: str
    on_unparseable: OnUnparseable
    shapes: tuple[ids.Shape, ...]
    legacy_shape: ids.Shape | None
    lookup: tuple[LedgerLookup, ...] = ()
    rows: int = 0
    nulls: int = 0
    unparseable: int = 0
    unique: bool = False
    not_null: bool = False
    text_type: str = ""
    text_collation: tuple[str, str] | None = None
    texts: str = ""
    position: int = 0
    inherited: tuple[LedgerInherited, ...] = ()

    @property
    def name(self) -> ColumnName:
        """The column's full name."""
        return ColumnName(self.schema, self.table, self.column)

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The column's table, then those that inherited it."""
        return (self.name.table_name, *(one.table_name for one in self.inherited))

    @property
    def backup_type(self) -> str:
        """The type of the backup column, length included."""
        return self.text_type or self.type


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """A foreign key or unique constraint.

    Attributes:
        existed: whether it was there before the conversion.
        triggers: names of the internal triggers that carry a foreign key out; they fire in that order.
        clones: what the key was on partitions.
    """

    schema: str
    table: str
    name: str
    definition: str
    existed: bool
    comment: str | None = None
    triggers: tuple[KeyTrigger, ...] = ()
    clones: tuple[KeyClone, ...] = ()

    @property
    def table_name(self) -> TableName:
        """The table that has the constraint."""
        return TableName(self.schema, self.table)


@dataclass(frozen=True, slots=True)
class LedgerIndex:
    """An index on a converted column, as pg_get_indexdef prints it."""

    schema: str
    table: str
    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class LedgerDependent:
    """An object that hung on a converted column, as it was before.

    Attributes:
        table: the relation it belongs to.
        action: what the conversion did with it.
        lock, down, up, fill, definition, attributes: as in ``dependents.model.DependentObject``.
    """

    kind: str
    name: str
    table: TableName
    address: Address
    action: Action
    lock: str | None
    down: tuple[str, ...]
    up: tuple[str, ...]
    fill: tuple[str, ...]
    definition: str
    attributes: str


@dataclass(frozen=True, slots=True)
class LedgerReference:
    """An edge of the graph: who refers to whom, declared or not."""

    referencing: ColumnName
    referenced: ColumnName
    declared: bool


@dataclass(frozen=True, slots=True)
class LedgerGraph:
    """Everything about one converted graph.

    Attributes:
        foreign_keys: in their original order of creation, newly declared ones last.
        uniques: unique constraints that the conversion made.
        dependents: what hung on the columns, each after all that it is built on.
        after: by position in ``dependents``, the md5 of definition and attributes as the conversion left the object.
        forms: by position, the md5 of a relation's or index's definition without its options; an earlier toolkit's
            entries have none.
    """

    columns: tuple[LedgerColumn, ...]
    foreign_keys: tuple[LedgerKey, ...] = ()
    uniques: tuple[LedgerKey, ...] = ()
    indexes: tuple[LedgerIndex, ...] = ()
    references: tuple[LedgerReference, ...] = ()
    dependents: tuple[LedgerDependent, ...] = ()
    after: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One row of the ledger."""

    id: int
    converted_at: datetime
    converted_by: str
    toolkit_version: str
    plan_hash: str
    graph: LedgerGraph = field(repr=False)


def to_json(graph: LedgerGraph) -> str:
    """The graph as the JSON document that the ledger keeps."""
    return json.dumps({"format": FORMAT, **asdict(graph)}, ensure_ascii=True, sort_keys=True)


def from_json(document: dict[str, Any]) -> LedgerGraph:
    """The graph from the ledger's document.

    Raises:
        LedgerError: it was written by a later toolkit.
    """
    if document.get("format") not in (1, 2, FORMAT):
        raise LedgerError(
            f"The ledger has an entry of format {document.get('format')}, which this version cannot read.",
            "Use the version of uuidkit that made the conversion, or a later one.",
        )
    return LedgerGraph(
        columns=tuple(_column(column) for column in document["columns"]),
        foreign_keys=tuple(_key(key) for key in document["foreign_keys"]),
        uniques=tuple(_key(key) for key in document["uniques"]),
        indexes=tuple(LedgerIndex(**index) for index in document["indexes"]),
        references=tuple(
            LedgerReference(
                ColumnName(**reference["referencing"]), ColumnName(**reference["referenced"]), reference["declared"]
            )
            for reference in document["references"]
        ),
        dependents=tuple(_dependent(dependent) for dependent in document.get("dependents", ())),
        after={number: (found[0], found[1]) for number, found in document.get("after", {}).items()},
        forms={
            number: found[2] for number, found in document.get("after", {}).items() if found[2:3] not in ([], [None])
        },
    )


def _dependent(document: dict[str, Any]) -> LedgerDependent:
    address = document["address"]
    return LedgerDependent(
        **{
            **document,
            "table": TableName(**document["table"]),
            "address": Address(address["type"], tuple(address["names"]), tuple(address["args"])),
            **{name: tuple(document[name]) for name in ("down", "up", "fill")},
        }
    )


def _key(document: dict[str, Any]) -> LedgerKey:
    clones = tuple(
        KeyClone(
            **{
                **clone,
                "table": TableName(**clone["table"]),
                "referenced_table": TableName(**clone["referenced_table"]),
                "triggers": _triggers(clone["triggers"]),
            }
        )
        for clone in document.get("clones", ())
    )
    return LedgerKey(**{**document, "triggers": _triggers(document["triggers"]), "clones": clones})


def _triggers(document: list[dict[str, Any]]) -> tuple[KeyTrigger, ...]:
    return tuple(KeyTrigger(**{**trigger, "table": TableName(**trigger["table"])}) for trigger in document)


def _column(document: dict[str, Any]) -> LedgerColumn:
    shape = document["legacy_shape"]
    collation, below = document["collation"], document.get("text_collation")
    return LedgerColumn(
        **{
            **document,
            "collation": tuple(collation) if collation else None,
            "shapes": tuple(ids.Shape(**found) for found in document["shapes"]),
            "legacy_shape": ids.Shape(**shape) if shape else None,
            "lookup": tuple(LedgerLookup(**lookup) for lookup in document["lookup"]),
            "text_collation": tuple(below) if below else None,
            "inherited": tuple(LedgerInherited(**one) for one in document.get("inherited", ())),
        }
    )
