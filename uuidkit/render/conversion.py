"""The statements of a conversion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from psycopg import sql

from uuidkit import guard, ledger
from uuidkit.catalog.model import Column, Schema
from uuidkit.catalog.names import TableName, display
from uuidkit.composing import joined, raw, text_of
from uuidkit.dependents.proof import Expected
from uuidkit.ledger import LedgerGraph
from uuidkit.planning.model import ColumnPlan, GraphPlan, Request, Statement
from uuidkit.render import dependents, trees
from uuidkit.render.common import (
    add_constraint,
    alter,
    analyze,
    as_planned,
    as_they_were,
    closing,
    drop_constraint,
    index_statistics,
    opening,
)
from uuidkit.render.record import ledger_graph, taken, unique_definition
from uuidkit.render.texts import keep_texts, prove_texts, texts_table
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
    texts = texts_table(plan_hash) if request.backup == "table" else ""
    document = ledger_graph(schema, graph, texts)
    lookups = lookups_of(document.columns)
    plans = taken(graph)
    objects = [plan.object for plan in plans if plan.object is not None]
    yield from opening(graph.tables, request.lock_timeout, dependents.hold(objects, graph.tables))
    if fingerprints:
        yield as_planned(fingerprints)
    yield from dependents.as_planned(objects)
    yield ledger.creation()
    yield from make_lookups(lookups)
    for key in reversed(graph.foreign_keys):
        if key.existing is not None:
            yield drop_constraint(key.table, key.name)
    yield from dependents.take_down(objects)
    roots = [column.column for column in graph.changing]
    yield from trees.take_down_not_null(schema, roots)
    if texts:
        yield from keep_texts(texts, document.columns, [column.expression for column in graph.changing], lookups)
    for table in graph.tables:
        yield from _rewrite(table, graph, document, lookups)
    gone = {found.oid for found in objects if found.kind == "index"}
    members = [member for column in graph.changing for member in column.family]
    indexes = schema.indexes_on(member.table_name for member in members)
    yield from index_statistics([index for index in indexes if index.oid not in gone], members)
    yield from trees.put_back_not_null(schema, roots)
    for unique in graph.uniques:
        yield from add_constraint(unique.column.table_name, unique.name, unique_definition(unique.column.name))
    # A foreign key may refer to an index that was made anew.
    yield from dependents.put_back(plans)
    for key in graph.foreign_keys:
        comment = key.existing.comment if key.existing is not None else None
        yield from add_constraint(key.table, key.name, key.definition, comment)
    yield from as_they_were([key.existing for key in graph.foreign_keys if key.existing is not None])
    yield from dependents.fill([plan.object for plan in plans if plan.object is not None and plan.up])
    yield from dependents.touch(graph.functions)
    yield from _proofs(graph, document, schema.version_num, lookups)
    yield from dependents.proof(
        [
            Expected(plan.object.address, None, plan.object.attributes if plan.action == "recreate" else None)
            for plan in plans
            if plan.object is not None and plan.up
        ],
        "did not come back as it was.",
    )
    yield from drop_lookups(lookups)
    yield ledger.insertion(document, plan_hash, toolkit_version)
    yield closing()
    for table in graph.tables:
        names = [
            name
            for column in graph.changing
            if any(member.table_name == table for member in column.family)
            for name in (column.column.name, column.backup)
            if name
        ]
        # A partitioned table's ANALYZE takes its partitions along.
        if names and not schema.tables[table].partition:
            yield analyze(table, names)


def text_type(column: Column) -> sql.Composed:
    """The column's text type with its collation, that below a domain."""
    own = column.text_collation
    collation = sql.SQL(" COLLATE {}").format(sql.Identifier(*own)) if own else sql.SQL("")
    return sql.SQL("{}{}").format(raw(column.text_type), collation)


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
        if column.backup:
            adds.append(sql.SQL("ADD COLUMN {} {}").format(backup, type_name))
            # USING reads the old row, so the backup gets the text although the column changes in the same pass.
            changes.append(sql.SQL("ALTER COLUMN {} TYPE {} USING {}").format(backup, type_name, identifier))
        if any(
            default is not None for default in (column.before.default, *(i.before.default for i in column.inherited))
        ):
            changes.append(sql.SQL("ALTER COLUMN {} DROP DEFAULT").format(identifier))
        changes.append(sql.SQL("ALTER COLUMN {} TYPE uuid USING {}").format(identifier, expression))
        if column.default_after is not None and not column.inherited:
            changes.append(sql.SQL("ALTER COLUMN {} SET DEFAULT {}").format(identifier, raw(column.default_after)))
    names = ", ".join(display(column.column.name) for column in columns)
    backups = ", ".join(display(column.backup) for column in columns if column.backup)
    kept = f", the text to {backups}" if backups else ""
    if adds:
        yield alter(table, joined(adds), f"add {backups} to {table}")
    yield alter(table, joined(changes, ",\n  "), f"rewrite {table}: {names} to uuid{kept}")
    for column in columns:
        for member in column.family if column.backup else ():
            yield Statement(
                text_of(
                    sql.SQL("COMMENT ON COLUMN {}.{} IS {}").format(
                        member.table_name.identifier,
                        sql.Identifier(column.backup),
                        sql.Literal(BACKUP_COMMENT.format(display(column.column.name))),
                    )
                ),
                "change",
                f"say what {display(column.backup)} is",
                member.table_name,
            )
        if column.inherited:
            for member, default in (
                (column.column, column.default_after),
                *((one.column, one.default_after) for one in column.inherited),
            ):
                if default is not None:
                    yield trees.set_default(member, default)


def _proofs(graph: GraphPlan, document: LedgerGraph, version_num: int, lookups: Lookups) -> Iterator[Statement]:
    """Checks before the commit: every row's uuid against its text, every key and index against its definition."""
    for table in graph.tables:
        columns = [column for column in document.columns if column.name.table_name == table]
        for column in columns:
            if column.texts:
                yield prove_texts(column, version_num, lookups)
        if not columns or columns[0].texts:
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
                    (table, name, type_name)
                    for column in document.columns
                    for table in column.tables
                    for name, type_name in ((column.column, "uuid"), (column.backup, column.backup_type))
                    if name
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
