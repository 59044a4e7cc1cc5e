"""What the ledger keeps of a plan: every definition as it was. Pure."""

from __future__ import annotations

from psycopg import sql

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import TableName
from uuidkit.composing import text_of
from uuidkit.dependents.model import Action, DependentObject
from uuidkit.ledger import (
    LedgerColumn,
    LedgerDependent,
    LedgerGraph,
    LedgerIndex,
    LedgerInherited,
    LedgerKey,
    LedgerLookup,
    LedgerReference,
)
from uuidkit.planning.model import ColumnPlan, DependentPlan, GraphPlan


def taken(graph: GraphPlan) -> list[DependentPlan]:
    """The objects that are taken down, each after all that it is built on."""
    return [plan for plan in graph.dependents if plan.object is not None and plan.action != "keep"]


def unique_definition(column: str) -> str:
    """The definition of a unique constraint that a declared reference needs.

    Args:
        column: its only column.
    """
    return text_of(sql.SQL("UNIQUE ({})").format(sql.Identifier(column)))


def ledger_graph(schema: Schema, graph: GraphPlan, texts: str = "") -> LedgerGraph:
    """What the ledger keeps of a graph: every definition as it was.

    Args:
        schema: what is there.
        graph: what changes.
        texts: the table that has the texts, where no columns have them.
    """
    changing = {member for column in graph.changing for member in column.family}
    rebuilt = {plan.object.key for plan in graph.dependents if plan.object is not None and plan.object.rebuilt}
    return LedgerGraph(
        columns=tuple(
            _ledger_column(schema, graph, column, texts, position) for position, column in enumerate(graph.changing)
        ),
        foreign_keys=tuple(
            LedgerKey(
                key.table.schema,
                key.table.name,
                key.name,
                key.definition,
                existed=key.declared,
                comment=key.existing.comment if key.existing else None,
                triggers=key.existing.triggers if key.existing else (),
                clones=key.existing.clones if key.existing else (),
            )
            for key in graph.foreign_keys
        ),
        uniques=tuple(
            LedgerKey(
                unique.column.schema,
                unique.column.table,
                unique.name,
                unique_definition(unique.column.name),
                existed=False,
            )
            for unique in graph.uniques
        ),
        indexes=tuple(
            LedgerIndex(index.table.schema, index.table.name, index.name, index.definition)
            for index in schema.indexes_on(column.table_name for column in changing)
            if index.valid  # one of a partitioned table that no partition completes stays as it is
            and any(column.table_name == index.table and column.name in index.reads for column in changing)
            and not any(
                p.object is not None and p.object.key == ("pg_class", index.oid) and p.object.key not in rebuilt
                for p in graph.dependents
            )
        ),
        references=tuple(
            LedgerReference(reference.referencing, reference.referenced, reference.declared)
            for reference in graph.references
        ),
        dependents=tuple(
            ledger_dependent(plan.object, plan.action)
            for plan in taken(graph)
            if plan.object is not None and not plan.object.rebuilt
        ),
    )


def ledger_dependent(found: DependentObject, action: Action) -> LedgerDependent:
    """What the ledger keeps of an object.

    Args:
        found: as it is.
        action: what is done with it.
    """
    return LedgerDependent(
        kind=found.kind,
        name=found.name,
        table=found.table,
        address=found.address,
        action=action,
        lock=found.lock,
        down=found.down,
        up=found.up,
        fill=found.fill,
        definition=found.definition,
        attributes=found.attributes,
    )


def _ledger_column(schema: Schema, graph: GraphPlan, column: ColumnPlan, texts: str, position: int) -> LedgerColumn:
    before, findings = column.before, column.findings
    shapes = [found.shape for found in findings.shapes if found.count] if findings else []
    return LedgerColumn(
        schema=column.column.schema,
        table=column.column.table,
        column=column.column.name,
        backup=column.backup,
        type=before.type,
        collation=before.collation,
        default=before.default,
        default_after=column.default_after,
        storage=before.storage,
        type_storage=before.type_storage,
        compression=before.compression,
        on_unparseable=column.on_unparseable,
        shapes=tuple(shapes),
        legacy_shape=column.legacy_shape,
        lookup=tuple(
            LedgerLookup(backup.schema, backup.table, _referenced(graph, backup.name, backup.table_name), backup.name)
            for backup in column.lookup
        ),
        rows=findings.rows if findings else 0,
        nulls=findings.nulls if findings else 0,
        unparseable=findings.unparseable if findings else 0,
        unique=schema.is_unique(column.column) or any(unique.column == column.column for unique in graph.uniques),
        not_null=before.not_null,
        text_type=before.text_type if before.domain is not None else "",
        text_collation=before.text_collation if before.domain is not None else None,
        texts=texts,
        position=position,
        inherited=tuple(
            LedgerInherited(
                one.column.schema,
                one.column.table,
                one.before.default,
                one.default_after,
                one.before.storage,
                one.before.compression,
            )
            for one in column.inherited
        ),
    )


def _referenced(graph: GraphPlan, backup: str, table: TableName) -> str:
    """The uuid column whose old texts a backup column holds."""
    return next(
        reference.referenced.name
        for reference in graph.references
        if reference.backup is not None and reference.backup.name == backup and reference.backup.table_name == table
    )
