"""The statements of the way back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from psycopg import sql

from uuidkit import guard, ids, ledger
from uuidkit.catalog.model import ForeignKey, Schema
from uuidkit.catalog.names import TableName, display
from uuidkit.catalog.trees import families
from uuidkit.composing import joined, raw, text_of
from uuidkit.ledger import LedgerColumn, LedgerEntry
from uuidkit.planning.model import Statement
from uuidkit.planning.restoration import Restoration
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
from uuidkit.render.texts import drop_texts, identifier
from uuidkit.render.values import Lookups, drop_lookups, lookups_of, make_lookups, untouched

# pg_attribute.attstorage and attcompression -> the words of ALTER TABLE.
_STORAGE = {"p": "PLAIN", "e": "EXTERNAL", "m": "MAIN", "x": "EXTENDED"}
_COMPRESSION = {"p": "pglz", "l": "lz4"}

_TEXTS = sql.Identifier(ledger.SCHEMA, "revert_texts")
_TEXT_OF = sql.Identifier(ledger.SCHEMA, "revert_text")


def reversion_statements(
    entry: LedgerEntry,
    tables: Sequence[TableName],
    *,
    schema: Schema,
    kept: Sequence[ForeignKey],
    restored: Restoration,
    fingerprints: guard.Fingerprints,
    shape: ids.Shape | None = None,
    lock_timeout: float = 2.0,
) -> Iterator[Statement]:
    """Everything that puts one graph back, in order.

    Args:
        entry: the ledger's entry.
        tables: all tables of the graph, in the order of locking.
        schema: what is there now.
        kept: the foreign keys on the columns that stay; they are taken down and put up as they are now. Those that the
            conversion declared are taken down for good.
        restored: what becomes of the objects that hang on the columns.
        fingerprints: per table the md5 of the catalog facts, checked under the locks.
        shape: how rows added since are spelled; None for the ledger's choice.
        lock_timeout: seconds that one attempt waits.
    """
    graph, version_num = entry.graph, schema.version_num
    columns = graph.columns
    if shape is not None:
        columns = tuple(replace(column, legacy_shape=shape) for column in columns)
    lookups = lookups_of(columns)
    yield from opening(tables, lock_timeout, dependents.hold(restored.down, tables))
    yield as_planned(fingerprints)
    yield from dependents.as_planned(restored.down)
    yield from make_lookups(lookups)
    yield from _collect_texts(columns, version_num, lookups)
    present = {(key.table, key.name) for key in schema.foreign_keys_on(tables)}
    present |= {(index.table, index.constraint) for index in schema.indexes_on(tables) if index.constraint}
    ours = [key for key in (*graph.uniques, *graph.foreign_keys) if not key.existed]
    for table, name in [
        *((key.table_name, key.name) for key in reversed(ours) if (key.table_name, key.name) in present),
        *((key.table, key.name) for key in reversed(kept)),
    ]:
        yield drop_constraint(table, name)
    yield from dependents.take_down(restored.down)
    roots = [column.name for column in columns]
    members = families(schema, roots)
    yield from trees.take_down_not_null(schema, roots)
    for table in tables:
        yield from _rewrite(schema, table, [c for c in columns if c.name.table_name == table], version_num, lookups)
    gone = {found.oid for found in restored.down if found.kind == "index"}
    indexes = schema.indexes_on(member.table_name for member in members)
    yield from index_statistics([index for index in indexes if index.oid not in gone], members)
    yield from trees.put_back_not_null(schema, roots)
    yield from dependents.restore(restored.up)
    for key in kept:
        yield from add_constraint(key.table, key.name, key.definition, key.comment)
    yield from as_they_were(kept)
    yield from dependents.refill(restored.up)
    yield from dependents.touch(restored.functions)
    yield from dependents.proof(restored.expected, "would not be as it was before the conversion.")
    # As they are now: PostgreSQL has kept them over the conversion and keeps them again, with what was set since.
    definitions = {(index.table.schema, index.name): index.definition for index in indexes}
    yield Statement(
        guard.no_rows(
            guard.missing_objects(
                [
                    (member.table_name, member.name, column.type)
                    for column in columns
                    for member in families(schema, (column.name,))
                ],
                [(key.table, key.name, key.definition) for key in kept],
                [
                    (*named, definitions[named])
                    for index in graph.indexes
                    if (named := (index.schema, index.name)) in definitions
                ],
            ),
            "column(s), key(s) or index(es) would not be as they were before the conversion.",
        ),
        "prove",
        "compare every key and index with its definition",
    )
    yield Statement(
        text_of(sql.SQL("DROP FUNCTION {}(uuid)").format(_TEXT_OF)), "change", "drop the look-up of old texts"
    )
    for column in columns:
        if column.texts:
            function = sql.SQL("DROP FUNCTION {}(uuid)").format(_text_of(column))
            yield Statement(text_of(function), "change", "drop the look-up of old texts")
    yield Statement(text_of(sql.SQL("DROP TABLE {}").format(_TEXTS)), "change", "drop the look-up's table")
    for texts in dict.fromkeys(column.texts for column in columns if column.texts):
        yield drop_texts(texts)
    yield from drop_lookups(lookups)
    yield from ledger.removal(entry)
    yield closing()
    for table in tables:
        names = [member.name for member in members if member.table_name == table]
        # A partitioned table's ANALYZE takes its partitions along.
        if names and not schema.tables[table].partition:
            yield analyze(table, names)


def _collect_texts(columns: Sequence[LedgerColumn], version_num: int, lookups: Lookups) -> Iterator[Statement]:
    """Give one text to every uuid that stands in a row added or changed since.

    An untouched row anywhere in the graph that has the uuid gives its old text, referenced columns first;
    else the form that the column used to have. So a new child of an old parent gets the parent's old text,
    and a new parent and its new children agree.
    """
    yield Statement(
        text_of(sql.SQL("CREATE TABLE {} (id uuid PRIMARY KEY, position integer NOT NULL, old text)").format(_TEXTS)),
        "change",
        "make a table for the texts of new rows",
    )
    for position, column in enumerate(columns):
        yield Statement(
            text_of(
                sql.SQL(
                    "INSERT INTO {} (id, position)\nSELECT DISTINCT {}, {} FROM {}\n"
                    " WHERE {} IS NOT NULL AND ({}) IS NOT TRUE\nON CONFLICT DO NOTHING"
                ).format(
                    _TEXTS,
                    sql.Identifier(column.column),
                    sql.Literal(position),
                    column.name.table_name.identifier,
                    sql.Identifier(column.column),
                    _kept(column) if column.texts else untouched(column, version_num, lookups),
                )
            ),
            "change",
            f"find the rows of {column.name} added or changed since",
        )
    for lookup, name in lookups.items():
        yield Statement(
            text_of(
                sql.SQL(
                    "UPDATE {} AS x SET old = y.old\n  FROM (SELECT id, min(old) AS old FROM {} GROUP BY id) AS y\n"
                    " WHERE x.id = y.id AND x.old IS NULL"
                ).format(_TEXTS, sql.Identifier(ledger.SCHEMA, name))
            ),
            "change",
            f"give them the old text of {display(lookup.table)}.{display(lookup.column)} where it has one",
        )
    for column in columns:
        if column.texts:
            yield Statement(
                text_of(
                    sql.SQL(
                        "UPDATE {} AS x SET old = y.old\n  FROM {} AS y\n"
                        " WHERE y.position = {} AND x.id = y.id AND x.old IS NULL"
                    ).format(_TEXTS, identifier(column.texts), sql.Literal(column.position))
                ),
                "change",
                f"give them the old text of {column.name} where it has one",
            )
            continue
        yield Statement(
            text_of(
                sql.SQL(
                    """UPDATE {texts} AS x SET old = y.old
  FROM (SELECT {column} AS id, min({backup}::text COLLATE "C") AS old
          FROM {table}
         WHERE {backup} IS NOT NULL AND {column} IN (SELECT id FROM {texts} WHERE old IS NULL)
           AND ({untouched}) IS TRUE
         GROUP BY 1) AS y
 WHERE x.id = y.id AND x.old IS NULL"""
                ).format(
                    texts=_TEXTS,
                    column=sql.Identifier(column.column),
                    backup=sql.Identifier(column.backup),
                    table=column.name.table_name.identifier,
                    untouched=untouched(column, version_num, lookups),
                )
            ),
            "change",
            f"give them the old text of {column.name} where it has one",
        )
    for position, column in enumerate(columns):
        shape = column.legacy_shape or ids.Shape()
        yield Statement(
            text_of(
                sql.SQL("UPDATE {} SET old = {} WHERE old IS NULL AND position = {}").format(
                    _TEXTS, shape.sql_text(sql.Identifier("id")), sql.Literal(position)
                )
            ),
            "change",
            f"spell the others as {shape}",
        )
    body = text_of(sql.SQL("SELECT old FROM {} WHERE id = $1").format(_TEXTS))
    yield Statement(
        text_of(
            sql.SQL("CREATE FUNCTION {}(uuid) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS {}").format(
                _TEXT_OF, sql.Literal(body)
            )
        ),
        "change",
        "make the look-up of their texts",
    )
    for column in columns:
        if column.texts:
            body = text_of(
                sql.SQL(
                    "SELECT coalesce((SELECT old FROM {} WHERE position = {} AND id = $1), "
                    "(SELECT old FROM {} WHERE id = $1))"
                ).format(identifier(column.texts), sql.Literal(column.position), _TEXTS)
            )
            yield Statement(
                text_of(
                    sql.SQL("CREATE FUNCTION {}(uuid) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS {}").format(
                        _text_of(column), sql.Literal(body)
                    )
                ),
                "change",
                f"make the look-up of the texts of {column.name}",
            )


def _kept(column: LedgerColumn) -> sql.Composable:
    """Whether the text of a row's uuid was kept."""
    return sql.SQL("EXISTS (SELECT FROM {} AS k WHERE k.position = {} AND k.id = {})").format(
        identifier(column.texts),
        sql.Literal(column.position),
        # In full: a column called id would be taken for that of the texts' table.
        sql.Identifier(column.schema, column.table, column.column),
    )


def _text_of(column: LedgerColumn) -> sql.Identifier:
    return sql.Identifier(ledger.SCHEMA, f"revert_text_{column.position}")


def _rewrite(
    schema: Schema, table: TableName, columns: Sequence[LedgerColumn], version_num: int, lookups: Lookups
) -> Iterator[Statement]:
    if not columns:
        return
    changes: list[sql.Composable] = []
    for column in columns:
        identifier = sql.Identifier(column.column)
        collation = (
            sql.SQL(" COLLATE {}").format(sql.Identifier(*column.collation)) if column.collation else sql.SQL("")
        )
        changes.append(sql.SQL("ALTER COLUMN {} DROP DEFAULT").format(identifier))
        changes.append(
            sql.SQL("ALTER COLUMN {} TYPE {}{} USING {}").format(
                identifier, raw(column.type), collation, _old_text(column, version_num, lookups)
            )
        )
        if column.default is not None and not families(schema, (column.name,))[1:]:
            changes.append(sql.SQL("ALTER COLUMN {} SET DEFAULT {}").format(identifier, raw(column.default)))
    names = ", ".join(display(column.column) for column in columns)
    yield alter(table, joined(changes, ",\n  "), f"rewrite {table}: {names} to text")
    for column in columns:
        yield from _settings(schema, column)
    backups = [column.backup for column in columns if column.backup]
    if backups:
        yield alter(
            table,
            joined([sql.SQL("DROP COLUMN {}").format(sql.Identifier(backup)) for backup in backups]),
            f"drop the backup of {names} in {table}",
        )


def _old_text(column: LedgerColumn, version_num: int, lookups: Lookups) -> sql.Composable:
    if column.texts:
        return sql.SQL("{}({})").format(_text_of(column), sql.Identifier(column.column))
    return sql.SQL(
        "CASE WHEN ({untouched}) THEN {backup}::text WHEN {column} IS NOT DISTINCT FROM NULL THEN NULL "
        "ELSE {text_of}({column}) END"
    ).format(
        column=sql.Identifier(column.column),
        untouched=untouched(column, version_num, lookups),
        backup=sql.Identifier(column.backup),
        text_of=_TEXT_OF,
    )


def _settings(schema: Schema, column: LedgerColumn) -> Iterator[Statement]:
    """Storage, compression and defaults, table by table: the change of type has reset the former on all of them."""
    before = {one.table_name: one for one in column.inherited}
    family = families(schema, (column.name,))
    for member in family:
        # A table that came to the tree since then is as the root is.
        known = before.get(member.table_name, column)
        storage, compression, default = known.storage, known.compression, known.default
        if member.table_name not in before and member != column.name:
            found = schema.column(member)
            default = column.default if found is not None and found.default is not None else None
        identifier = sql.Identifier(column.column)
        actions: list[sql.Composable] = []
        if storage != column.type_storage:
            actions.append(sql.SQL("ALTER COLUMN {} SET STORAGE {}").format(identifier, raw(_STORAGE[storage])))
        if compression:
            word = raw(_COMPRESSION[compression])
            actions.append(sql.SQL("ALTER COLUMN {} SET COMPRESSION {}").format(identifier, word))
        if default is not None and family[1:]:
            actions.append(sql.SQL("ALTER COLUMN {} SET DEFAULT {}").format(identifier, raw(default)))
        if actions:
            yield trees.only(member.table_name, joined(actions), f"give {member} what it had beside its type")
