"""Reads everything that hangs on given columns, with what takes it down and puts it back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from uuidkit.catalog.model import Index, Schema
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.catalog.read import empty_search_path
from uuidkit.catalog.trees import rebuilt_by_hand, root_of
from uuidkit.database.session import Session
from uuidkit.dependents import fingerprints, indexes, queries, relations, tables
from uuidkit.dependents.model import DependentObject
from uuidkit.dependents.order import in_order_of_making
from uuidkit.dependents.printed import as_it_was

Key = tuple[str, int]


def read_dependents(session: Session, schema: Schema, changing: Collection[ColumnName]) -> tuple[DependentObject, ...]:
    """Every object that stands in the way of a change of type, or whose meaning hangs on it.

    Args:
        session: in a transaction.
        schema: what is there.
        changing: the columns that change their type.

    Returns:
        Each after all that it is built on.
    """
    if not changing:
        return ()
    names = {table.oid: table.name for table in schema.tables.values()}
    own: dict[TableName, list[ColumnName]] = {}
    for column in changing:
        own.setdefault(column.table_name, []).append(column)
    with empty_search_path(session):
        reads, needs, by_row_type, parts = _closure(session, schema, changing, names)
        methods = frozenset(name for (name,) in session.rows(queries.UUID_METHODS))
        by_hand = rebuilt_by_hand(schema, {root_of(schema, column) for column in changing})
        rebuilt: set[Key] = set()
        for index, odd in _indexes(schema, own, methods, by_hand):
            if not odd:
                rebuilt.add(("pg_class", index.oid))
            if index.parent:
                needs.setdefault(("pg_class", index.oid), set()).add(("pg_class", index.parent))
            reads.setdefault(("pg_class", index.oid), set()).update(_read_of(own[index.table], index.reads))
        for check in schema.checks:
            read = _read_of(own.get(check.table, ()), check.columns)
            if read and (check.local or not check.inherited):
                reads[("pg_constraint", check.oid)] = read
        for below, above in _merged_checks(schema, reads):
            needs.setdefault(above, set()).add(below)
        found = list(_read(session, schema, changing, set(reads) | set(needs), by_row_type, parts, methods, names))
        hanging = [
            replace(
                one,
                reads=frozenset(reads.get(one.key, ())),
                needs=frozenset(needs.get(one.key, ())),
                table=_table_of(one, reads.get(one.key, ())),
                rebuilt=one.key in rebuilt,
                up=(as_it_was(one.up[0], constants=one.key not in rebuilt), *one.up[1:]) if one.up else (),
            )
            for one in found
        ]
        hanging += _whole_rows(session, schema, changing, {one.key for one in hanging})
        return in_order_of_making(_with_fingerprints(session, hanging))


def _read_of(columns: Iterable[ColumnName], names: Collection[str]) -> set[ColumnName]:
    """Those of a table's columns that something reads, by its list of names; ``*`` stands for the row as a whole."""
    return {column for column in columns if column.name in names or "*" in names}


def _table_of(one: DependentObject, reads: Iterable[ColumnName]) -> TableName:
    if one.kind != "function":
        return one.table
    return min((column.table_name for column in reads), default=one.table)


def _closure(
    session: Session, schema: Schema, changing: Collection[ColumnName], names: dict[int, TableName]
) -> tuple[dict[Key, set[ColumnName]], dict[Key, set[Key]], set[Key], dict[Key, set[int]]]:
    start = sorted(
        (schema.tables[name.table_name].oid, schema.tables[name.table_name].columns[name.name].attnum)
        for name in changing
    )
    columns = {
        (schema.tables[name.table_name].oid, schema.tables[name.table_name].columns[name.name].attnum): name
        for name in changing
    }
    reads: dict[Key, set[ColumnName]] = {}
    needs: dict[Key, set[Key]] = {}
    by_row_type: set[Key] = set()
    parts: dict[Key, set[int]] = {}
    for catalog, oid, part, referenced, referenced_oid, referenced_part, row_type in session.rows(
        queries.CLOSURE, {"relations": [oid for oid, _ in start], "attnums": [number for _, number in start]}
    ):
        key = (catalog, oid)
        parts.setdefault(key, set()).add(part)
        column = columns.get((referenced_oid, referenced_part)) if referenced == "pg_class" else None
        if column is not None:
            reads.setdefault(key, set()).add(column)
        else:
            needs.setdefault(key, set()).add((referenced, referenced_oid))
            if row_type:
                by_row_type.add(key)
    return reads, needs, by_row_type, parts


def _indexes(
    schema: Schema,
    changing: Mapping[TableName, Collection[ColumnName]],
    methods: frozenset[str],
    by_hand: Collection[TableName],
) -> Iterator[tuple[Index, bool]]:
    """The indexes that PostgreSQL would not rebuild as they are; True for one that may come to mean another thing."""
    for table, columns in changing.items():
        names = {column.name for column in columns}
        for index in schema.indexes_of(table):
            odd = any(
                key.column in names
                and (index.method not in methods or not key.opclass_default or key.collation_differs)
                for key in index.keys
            )
            odd = odd or bool(names & index.expression_reads or "*" in index.expression_reads)
            anew = table in by_hand or as_it_was(index.definition) != index.definition
            if odd or (anew and names & index.reads):
                yield index, odd


def _merged_checks(schema: Schema, reads: Collection[Key]) -> Iterator[tuple[Key, Key]]:
    """(a CHECK that a table has of its own and inherits as well, the one above): made before it, it merges with it."""
    own = {(check.table, check.name): check for check in schema.checks if ("pg_constraint", check.oid) in reads}
    for check in own.values():
        above = check
        while above.inherited:
            parents = [(parent, check.name) for parent in schema.tables[above.table].parents]
            found = next((one for one in schema.checks if (one.table, one.name) in parents), None)
            if found is None:
                break
            above = found
            if ("pg_constraint", above.oid) in reads:
                yield ("pg_constraint", check.oid), ("pg_constraint", above.oid)
                break


def _read(
    session: Session,
    schema: Schema,
    changing: Collection[ColumnName],
    keys: Collection[Key],
    by_row_type: Collection[Key],
    parts: dict[Key, set[int]],
    methods: frozenset[str],
    names: dict[int, TableName],
) -> Iterator[DependentObject]:
    of_tables = {index.oid for index in schema.indexes}

    def rows(query: Any, catalog: str, of: Collection[Key]) -> list[tuple[Any, ...]]:
        oids = sorted(oid for name, oid in of if name == catalog)
        return session.rows(query, {"oids": oids}) if oids else []

    def an_index(row: tuple[Any, ...]) -> DependentObject:
        names = {c.name for c in changing if (c.schema, c.table) == (row[3], row[4])}
        return tables.index(row, indexes.substitute(row, names, methods))

    waiting = set(keys)
    makers: list[tuple[Any, str, Callable[[tuple[Any, ...]], DependentObject]]] = [
        (queries.RELATIONS, "pg_class", relations.relation),
        (queries.INDEXES, "pg_class", an_index),
        (queries.CHECKS, "pg_constraint", tables.check),
        (queries.RULES, "pg_rewrite", tables.rule),
        (queries.POLICIES, "pg_policy", tables.policy),
        (queries.TRIGGERS, "pg_trigger", tables.trigger),
        (
            queries.FUNCTIONS,
            "pg_proc",
            lambda row: relations.function(row, dropped=("pg_proc", row[0]) in by_row_type),
        ),
        (queries.VIEW_DEFAULTS, "pg_attrdef", relations.default),
        (queries.GENERATED, "pg_attrdef", lambda row: tables.generated(row, schema.version_num)),
        (queries.PUBLICATIONS, "pg_publication_rel", tables.publication),
        (queries.STATISTICS, "pg_statistic_ext", tables.statistics),
    ]
    views = {key for key in keys if key[0] == "pg_class" and key[1] not in of_tables}
    for query, catalog, make in makers:
        for row in rows(query, catalog, waiting):
            if query is queries.RELATIONS and (row[3] not in "vm" or ("pg_class", row[0]) not in views):
                continue
            found = make(row)
            waiting.discard(found.key)
            yield found
    if waiting:
        others = [(key, part) for key in sorted(waiting) for part in sorted(parts.get(key, {0}))]
        described: dict[Key, list[str]] = {}
        for catalog, oid, description in session.rows(
            queries.OTHERS,
            {
                "catalogs": [catalog for (catalog, _), _ in others],
                "oids": [oid for (_, oid), _ in others],
                "parts": [part for _, part in others],
            },
        ):
            described.setdefault((catalog, oid), []).append(description)
        for (catalog, oid), descriptions in described.items():
            yield tables.other(catalog, oid, " and ".join(descriptions), min(names.values()))


def _whole_rows(
    session: Session, schema: Schema, changing: Collection[ColumnName], known: Collection[Key]
) -> Iterator[DependentObject]:
    """Views that take rows of the tables as a whole: nothing stands in the way, but they get other columns."""
    columns: dict[int, set[ColumnName]] = {}
    for column in changing:
        columns.setdefault(schema.tables[column.table_name].oid, set()).add(column)
    views: dict[int, set[ColumnName]] = {}
    for view, table in session.rows(queries.WHOLE_ROW_VIEWS, {"relations": sorted(columns)}):
        if ("pg_class", view) not in known:
            views.setdefault(view, set()).update(columns[table])
    if not views:
        return
    for row in session.rows(queries.RELATIONS, {"oids": sorted(views)}):
        found = relations.relation(row)
        reads = frozenset(views[found.oid])
        yield replace(found, reads=reads, hard=False, down=(), up=(), fill=(), troubles=(), lock=None)


def _with_fingerprints(session: Session, objects: Collection[DependentObject]) -> Iterator[DependentObject]:
    found = [one for one in objects if one.address.type]
    prints = (
        {
            (catalog, oid): (definition, attributes)
            for catalog, oid, definition, attributes in session.rows(
                fingerprints.FINGERPRINTS,
                {"catalogs": [one.catalog for one in found], "oids": [one.oid for one in found]},
            )
        }
        if found
        else {}
    )
    for one in objects:
        definition, attributes = prints.get(one.key, ("", ""))
        yield replace(one, definition=definition, attributes=attributes)
