"""The ledger: what was converted, and every definition as it was, kept in the database itself.

One row of ``uuidkit.conversions`` per reference graph, written in the conversion's own transaction and
removed by its way back or by finalize; the schema goes with its last row, if the toolkit made it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from psycopg import sql

from uuidkit import ids
from uuidkit.catalog.model import KeyTrigger
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.composing import text_of
from uuidkit.database.session import Session
from uuidkit.errors import LedgerError
from uuidkit.guard import LEDGER_CHANGED, block
from uuidkit.planning.model import OnUnparseable, Statement

SCHEMA = "uuidkit"
TABLE = TableName(SCHEMA, "conversions")
FORMAT = 1  # of the graph document; a later toolkit must be able to read an earlier one's
# A schema that carries this comment was made by the toolkit and may be dropped by it.
_MARK = "Ledger of uuidkit: conversions that can still be reverted. It goes with its last row."

# Conversions exclude each other through this key of pg_advisory_xact_lock.
ADVISORY_KEY = 0x7575_6964_6B69_74  # "uuidkit"


@dataclass(frozen=True, slots=True)
class LedgerLookup:
    """Where a text was looked up first: a uuid column and the column with its old texts."""

    schema: str
    table: str
    column: str
    backup: str


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """One converted column, with all that a way back needs.

    Attributes:
        type: the text type as it was, length included.
        legacy_shape: the one form that rows added since are given, None for canonical text.
        shapes: the frequent shapes of the old values, for cheap comparison.
        position: 0 for the topmost referenced column, then as in the plan.
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

    @property
    def name(self) -> ColumnName:
        """The column's full name."""
        return ColumnName(self.schema, self.table, self.column)


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """A foreign key or unique constraint.

    Attributes:
        existed: whether it was there before the conversion.
        triggers: names of the internal triggers that carry a foreign key out; they fire in that order.
    """

    schema: str
    table: str
    name: str
    definition: str
    existed: bool
    comment: str | None = None
    triggers: tuple[KeyTrigger, ...] = ()

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
    """

    columns: tuple[LedgerColumn, ...]
    foreign_keys: tuple[LedgerKey, ...] = ()
    uniques: tuple[LedgerKey, ...] = ()
    indexes: tuple[LedgerIndex, ...] = ()
    references: tuple[LedgerReference, ...] = ()


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
    if document.get("format") != FORMAT:
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
    )


def _key(document: dict[str, Any]) -> LedgerKey:
    triggers = tuple(
        KeyTrigger(**{**trigger, "table": TableName(**trigger["table"])}) for trigger in document["triggers"]
    )
    return LedgerKey(**{**document, "triggers": triggers})


def _column(document: dict[str, Any]) -> LedgerColumn:
    shape = document["legacy_shape"]
    collation = document["collation"]
    return LedgerColumn(
        **{
            **document,
            "collation": tuple(collation) if collation else None,
            "shapes": tuple(ids.Shape(**found) for found in document["shapes"]),
            "legacy_shape": ids.Shape(**shape) if shape else None,
            "lookup": tuple(LedgerLookup(**lookup) for lookup in document["lookup"]),
        }
    )


def creation() -> Statement:
    """The statement that makes the ledger where it is not there yet; under the advisory lock nobody else does."""
    return Statement(
        block(
            sql.SQL(
                """BEGIN
  IF to_regnamespace('uuidkit') IS NULL THEN
    CREATE SCHEMA uuidkit;
    COMMENT ON SCHEMA uuidkit IS {mark};
  END IF;
  IF to_regclass('uuidkit.conversions') IS NULL THEN
    CREATE TABLE uuidkit.conversions (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      converted_at timestamptz NOT NULL DEFAULT now(),
      converted_by text NOT NULL DEFAULT current_user,
      server_version_num integer NOT NULL DEFAULT current_setting('server_version_num')::integer,
      toolkit_version text NOT NULL,
      plan_hash text NOT NULL,
      graph jsonb NOT NULL
    );
  END IF;
END"""
            ).format(mark=sql.Literal(_MARK))
        ),
        "change",
        "make the ledger where there is none",
    )


def insertion(graph: LedgerGraph, plan_hash: str, toolkit_version: str) -> Statement:
    """The statement that writes a conversion down."""
    return Statement(
        text_of(
            sql.SQL("INSERT INTO uuidkit.conversions (toolkit_version, plan_hash, graph)\nVALUES ({}, {}, {})").format(
                sql.Literal(toolkit_version), sql.Literal(plan_hash), sql.Literal(to_json(graph))
            )
        ),
        "ledger",
        "write the ledger",
    )


def removal(entry: LedgerEntry) -> Sequence[Statement]:
    """The statements that take an entry out, and the whole ledger with its last entry."""
    gone = sql.SQL(
        "BEGIN\n"
        "  DELETE FROM uuidkit.conversions WHERE id = {id} AND plan_hash = {hash};\n"
        "  IF NOT FOUND THEN\n"
        "    RAISE EXCEPTION USING ERRCODE = {code}, MESSAGE = 'The ledger''s entry is gone: somebody else has "
        "reverted or finalized this conversion.';\n"
        "  END IF;\n"
        "  IF NOT EXISTS (SELECT FROM uuidkit.conversions) THEN\n"
        "    DROP TABLE uuidkit.conversions;\n"
        "    IF obj_description('uuidkit'::regnamespace, 'pg_namespace') = {mark}\n"
        "       AND NOT EXISTS (SELECT FROM pg_depend d\n"
        "                        WHERE d.refclassid = 'pg_namespace'::regclass\n"
        "                          AND d.refobjid = 'uuidkit'::regnamespace) THEN\n"
        "      DROP SCHEMA uuidkit;\n"
        "    END IF;\n"
        "  END IF;\n"
        "END"
    ).format(
        id=sql.Literal(entry.id),
        hash=sql.Literal(entry.plan_hash),
        code=sql.Literal(LEDGER_CHANGED),
        mark=sql.Literal(_MARK),
    )
    return [Statement(block(gone), "ledger", "take the entry out of the ledger")]


def read(session: Session, *, present: bool) -> tuple[LedgerEntry, ...]:
    """All entries, oldest first.

    Args:
        session: in a transaction.
        present: whether the ledger's table exists (``Schema.ledger_present``).
    """
    if not present:
        return ()
    rows = session.rows(
        "SELECT id, converted_at, converted_by, toolkit_version, plan_hash, graph::text "
        "FROM uuidkit.conversions ORDER BY id"
    )
    return tuple(
        LedgerEntry(
            id=row[0],
            converted_at=row[1],
            converted_by=row[2],
            toolkit_version=row[3],
            plan_hash=row[4],
            graph=from_json(json.loads(row[5])),
        )
        for row in rows
    )


def select(
    entries: Sequence[LedgerEntry], targets: Sequence[ColumnName], *, everything: bool = False
) -> tuple[LedgerEntry, ...]:
    """The entries that hold the targets.

    Args:
        entries: the whole ledger.
        targets: columns, any of a graph's.
        everything: all entries, whatever the targets.

    Raises:
        LedgerError: a target is in no entry.
    """
    if everything:
        return tuple(entries)
    chosen: dict[int, LedgerEntry] = {}
    unknown = []
    for target in targets:
        found = [entry for entry in entries if any(column.name == target for column in entry.graph.columns)]
        if found:
            chosen[found[-1].id] = found[-1]
        else:
            unknown.append(str(target))
    if unknown:
        known = sorted(str(column.name) for entry in entries for column in entry.graph.columns)
        raise LedgerError(
            f"The ledger knows no conversion of {', '.join(unknown)}.",
            f"It knows {', '.join(known)}." if known else "It is empty: nothing was converted, or all was finalized.",
        )
    return tuple(sorted(chosen.values(), key=lambda entry: entry.id))
