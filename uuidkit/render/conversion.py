"""The statements of a conversion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from psycopg import sql

from uuidkit import guard, ledger
from uuidkit.catalog.model import Column, Schema
from uuidkit.catalog.names import TableName, display
from uuidkit.composing import joined, raw, text_of
from uuidkit.dependents.proof import Expected
from uuidkit.ledger import (
    LedgerColumn,
    LedgerDependent,
    LedgerGraph,
    LedgerIndex,
    LedgerKey,
    LedgerLookup,
    LedgerReference,
)
from uuidkit.planning.model import ColumnPlan, DependentPlan, GraphPlan, Request, Statement
from uuidkit.render import dependents
from uuidkit.render.common import (
    add_constraint,
    alter,
    analyze,
    closing,
    drop_constraint,
    index_statistics,
    opening,
)
from uuidkit.render.values import Lookups, drop_lookups, lookups_of, make_lookups, untouched, with_lookup

# The comment of every backup column: whoever meets the column, autogenerate among them, knows it by that.
BACKUP_COMMENT = "The text of {} before it became uuid; kept by uuidkit."


def is_backup_comment(comment: str) -> bool:
    """Whether a column's comment is the one that a conversion gives to a backup column.

    Args:
        comment: any column's.
    """
    before, after = BACKUP_COMMENT.split("{}")
    return comment.startswith(before) and comment.endswith(after)


def conversion_statements(
    schema: Schema,
    request: Request,
    graph: GraphPlan,
    *,
    fingerprints: guard.Fingerprints,
    plan_hash: str,
    toolkit_version: str,
) -> Iterator[Statement]:
    """Everything that converts one graph, in order.

    Args:
        schema: what is there.
        request: what is asked for.
        graph: what changes; without blockers.
        fingerprints: per table the md5 of the catalog facts, checked under the locks.
        plan_hash, toolkit_version: written into the ledger.
    """
    document = ledger_graph(schema, graph)
    lookups = lookups_of(document.columns)
    plans = taken(graph)
    objects = [plan.object for plan in plans if plan.object is not None]
    yield from opening(graph.tables, request.lock_timeout, dependents.hold(objects, graph.tables))
    if fingerprints:
        yield Statement(guard.same_schema(fingerprints), "lock", "check that the tables are those of the plan")
    yield from dependents.as_planned(objects)
    yield ledger.creation()
    yield from make_lookups(lookups)
    for key in reversed(graph.foreign_keys):
        if key.existing is not None:
            yield drop_constraint(key.table, key.name)
    yield from dependents.take_down(objects)
    for table in graph.tables:
        yield from _rewrite(table, graph, document, lookups)
    gone = {found.oid for found in objects if found.kind == "index"}
    kept = [index for index in schema.indexes if index.oid not in gone]
    yield from index_statistics(kept, [column.column for column in graph.changing])
    for unique in graph.uniques:
        yield from add_constraint(unique.column.table_name, unique.name, _unique_definition(unique.column.name))
    # A foreign key may refer to an index that was made anew.
    yield from dependents.put_back(plans)
    for key in graph.foreign_keys:
        old = key.existing
        yield from add_constraint(
            key.table, key.name, key.definition, old.comment if old else None, old.triggers if old else ()
        )
    yield from dependents.fill([plan.object for plan in plans if plan.object is not None and plan.up])
    yield from dependents.touch(graph.functions)
    yield from _proofs(graph, document, schema.version_num, lookups)
    yield from dependents.proof(
        [
            Expected(plan.object.address, None, plan.object.attributes if plan.action == "recreate" else None)
            for plan in plans
            if plan.object is not None and plan.up
        ],
        "object(s) did not come back as they were.",
    )
    yield from drop_lookups(lookups)
    yield ledger.insertion(document, plan_hash, toolkit_version)
    yield closing()
    for table in graph.tables:
        columns = _columns(graph.changing, table)
        if columns:
            yield analyze(table, [name for column in columns for name in (column.column.name, column.backup)])


def taken(graph: GraphPlan) -> list[DependentPlan]:
    """The objects that are taken down, each after all that it is built on."""
    return [plan for plan in graph.dependents if plan.object is not None and plan.action != "keep"]


def text_type(column: Column) -> sql.Composed:
    """The column's text type with its collation."""
    collation = sql.SQL(" COLLATE {}").format(sql.Identifier(*column.collation)) if column.collation else sql.SQL("")
    return sql.SQL("{}{}").format(raw(column.type), collation)


def ledger_graph(schema: Schema, graph: GraphPlan) -> LedgerGraph:
    """What the ledger keeps of a graph: every definition as it was."""
    changing = {column.column for column in graph.changing}
    return LedgerGraph(
        columns=tuple(_ledger_column(schema, graph, column) for column in graph.changing),
        foreign_keys=tuple(
            LedgerKey(
                key.table.schema,
                key.table.name,
                key.name,
                key.definition,
                existed=key.declared,
                comment=key.existing.comment if key.existing else None,
                triggers=key.existing.triggers if key.existing else (),
            )
            for key in graph.foreign_keys
        ),
        uniques=tuple(
            LedgerKey(
                unique.column.schema,
                unique.column.table,
                unique.name,
                _unique_definition(unique.column.name),
                existed=False,
            )
            for unique in graph.uniques
        ),
        indexes=tuple(
            LedgerIndex(index.table.schema, index.table.name, index.name, index.definition)
            for index in schema.indexes
            if any(column.table_name == index.table and column.name in index.reads for column in changing)
            and not any(p.object is not None and p.object.key == ("pg_class", index.oid) for p in graph.dependents)
        ),
        references=tuple(
            LedgerReference(reference.referencing, reference.referenced, reference.declared)
            for reference in graph.references
        ),
        dependents=tuple(_ledger_dependent(plan) for plan in taken(graph)),
    )


def _ledger_dependent(plan: DependentPlan) -> LedgerDependent:
    found = plan.object
    assert found is not None  # only what is taken down is kept
    return LedgerDependent(
        kind=found.kind,
        name=found.name,
        table=found.table,
        address=found.address,
        action=plan.action,
        lock=found.lock,
        down=found.down,
        up=found.up,
        fill=found.fill,
        definition=found.definition,
        attributes=found.attributes,
    )


def _ledger_column(schema: Schema, graph: GraphPlan, column: ColumnPlan) -> LedgerColumn:
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
    )


def _referenced(graph: GraphPlan, backup: str, table: TableName) -> str:
    """The uuid column whose old texts a backup column holds."""
    return next(
        reference.referenced.name
        for reference in graph.references
        if reference.backup is not None and reference.backup.name == backup and reference.backup.table_name == table
    )


def _unique_definition(column: str) -> str:
    return text_of(sql.SQL("UNIQUE ({})").format(sql.Identifier(column)))


def _columns(columns: Sequence[ColumnPlan], table: TableName) -> list[ColumnPlan]:
    return [column for column in columns if column.column.table_name == table]


def _rewrite(table: TableName, graph: GraphPlan, document: LedgerGraph, lookups: Lookups) -> Iterator[Statement]:
    """Add the backup columns (catalog only), then change types and fill the backups in one rewrite."""
    columns = _columns(graph.changing, table)
    if not columns:
        return
    entries = {column.name: column for column in document.columns}
    adds: list[sql.Composable] = []
    changes: list[sql.Composable] = []
    for column in columns:
        backup, type_name = sql.Identifier(column.backup), text_type(column.before)
        identifier = column.column.identifier
        expression = with_lookup(entries[column.column], identifier, raw(column.expression), lookups)
        adds.append(sql.SQL("ADD COLUMN {} {}").format(backup, type_name))
        # USING reads the old row, so the backup gets the text although the column changes in the same pass.
        changes.append(sql.SQL("ALTER COLUMN {} TYPE {} USING {}").format(backup, type_name, identifier))
        if column.before.default is not None:
            changes.append(sql.SQL("ALTER COLUMN {} DROP DEFAULT").format(identifier))
        changes.append(sql.SQL("ALTER COLUMN {} TYPE uuid USING {}").format(identifier, expression))
        if column.default_after is not None:
            changes.append(sql.SQL("ALTER COLUMN {} SET DEFAULT {}").format(identifier, raw(column.default_after)))
    names = ", ".join(display(column.column.name) for column in columns)
    backups = ", ".join(display(column.backup) for column in columns)
    yield alter(table, joined(adds), f"add {backups} to {table}")
    yield alter(table, joined(changes, ",\n  "), f"rewrite {table}: {names} to uuid, the text to {backups}")
    for column in columns:
        yield Statement(
            text_of(
                sql.SQL("COMMENT ON COLUMN {}.{} IS {}").format(
                    table.identifier,
                    sql.Identifier(column.backup),
                    sql.Literal(BACKUP_COMMENT.format(display(column.column.name))),
                )
            ),
            "change",
            f"say what {display(column.backup)} is",
            table,
        )


def _proofs(graph: GraphPlan, document: LedgerGraph, version_num: int, lookups: Lookups) -> Iterator[Statement]:
    """Checks before the commit: every row's uuid against its text, every key and index against its definition."""
    for table in graph.tables:
        columns = [column for column in document.columns if column.name.table_name == table]
        if not columns:
            continue
        wrong = joined(
            [
                sql.SQL("count(*) FILTER (WHERE ({}) IS NOT TRUE)").format(untouched(column, version_num, lookups))
                for column in columns
            ],
            " + ",
        )
        yield Statement(
            guard.no_rows(
                sql.SQL("SELECT {} FROM {}").format(wrong, table.identifier),
                f"value(s) of {table} do not stand for the text in the backup column.",
            ),
            "prove",
            f"compare every uuid of {table} with its text",
            table,
        )
    yield Statement(
        guard.no_rows(
            guard.missing_objects(
                [
                    (column.name.table_name, name, type_name)
                    for column in document.columns
                    for name, type_name in ((column.column, "uuid"), (column.backup, column.type))
                ],
                [
                    (key.table_name, key.name, key.definition if key.existed else "")
                    for key in (*document.foreign_keys, *document.uniques)
                ],
                [(index.schema, index.name, index.definition) for index in document.indexes],
            ),
            "column(s), key(s) or index(es) did not come out as planned.",
        ),
        "prove",
        "compare every key and index with its definition",
    )
