"""Reads a database's catalog into plain values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from uuidkit.catalog import queries
from uuidkit.catalog.model import (
    TEXT_TYPES,
    Check,
    Column,
    Dependent,
    Domain,
    ForeignKey,
    Index,
    IndexColumn,
    KeyClone,
    KeyTrigger,
    NotNull,
    Schema,
    Table,
)
from uuidkit.catalog.names import TableName
from uuidkit.database.session import Session

_ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}

# pg_depend's classid of what hangs on a column -> the word the report uses.
_KINDS = {
    "pg_rewrite": "rule",
    "pg_policy": "policy",
    "pg_trigger": "trigger",
    "pg_attrdef": "generated column",
    "pg_proc": "function",
    "pg_publication_rel": "publication",
    "pg_statistic_ext": "statistics",
    "pg_constraint": "constraint",
}


@contextmanager
def empty_search_path(session: Session) -> Iterator[tuple[str, ...]]:
    """Make the server print qualified names; the search path is put back at the end.

    Args:
        session: in a transaction.

    Yields:
        The schemas of the search path as it was.
    """
    [(before, quoting, schemas)] = session.rows(
        "SELECT pg_catalog.current_setting('search_path'), pg_catalog.current_setting('quote_all_identifiers'), "
        "pg_catalog.current_schemas(false)::pg_catalog.text[]"
    )
    set_both = (
        "SELECT pg_catalog.set_config('search_path', %(path)s, true), "
        "pg_catalog.set_config('quote_all_identifiers', %(quoting)s, true)"
    )
    session.rows(set_both, {"path": "pg_catalog", "quoting": "off"})
    yield tuple(schemas)
    # After an error the transaction, or the savepoint around us, puts them back.
    session.rows(set_both, {"path": before, "quoting": quoting})


def read_schema(session: Session) -> Schema:
    """The whole database's tables, keys, indexes and what depends on their columns.

    Takes no lock beyond reading; but the server prints no index or default of a table that somebody holds
    exclusively, so one such table anywhere makes it wait.

    Args:
        session: in a transaction.
    """
    with empty_search_path(session) as search_path:
        [server] = session.rows(queries.SERVER)
        creatable = frozenset(name for (name,) in session.rows(queries.SCHEMAS_CREATABLE))
        domains = {row[0]: row for row in session.rows(queries.DOMAINS)}
        tables = _tables(session, domains)
        names = {table.oid: table.name for table in tables.values()}
        return Schema(
            database=server[0],
            version_num=server[1],
            encoding=server[2],
            role=server[3],
            superuser=server[4],
            search_path=search_path,
            tables=tables,
            indexes=_indexes(session, names),
            foreign_keys=_foreign_keys(session, names),
            checks=_checks(session, names),
            dependents=(*_column_dependents(session, names), *_row_type_dependents(session, names)),
            ledger_present=server[5],
            may_create_schema=server[6],
            schemas_creatable=creatable,
            ledger_tables=frozenset(name for (name,) in session.rows(queries.LEDGER_TABLES)),
            domains=frozenset(row[1] for row in domains.values() if row[2] in TEXT_TYPES),
        )


def read_whole_row_triggers(session: Session) -> tuple[tuple[str, int, str], ...]:
    """(trigger, oid of its table, identity of its function) where the function handles whole rows of the table."""
    with empty_search_path(session):
        return tuple((name, oid, function) for name, oid, function in session.rows(queries.WHOLE_ROW_TRIGGERS))


def read_whole_row_publications(session: Session) -> tuple[tuple[str, int], ...]:
    """(publication, oid of a table) where every column of the table is sent to subscribers."""
    return tuple((name, oid) for name, oid in session.rows(queries.WHOLE_ROW_PUBLICATIONS))


def read_subscriptions(session: Session) -> tuple[tuple[str, int], ...]:
    """(subscription, oid of a table) where another server's rows are written into the table."""
    return tuple((name, oid) for name, oid in session.rows(queries.SUBSCRIPTIONS))


def _tables(session: Session, domains: dict[int, tuple[Any, ...]]) -> dict[TableName, Table]:
    columns: dict[int, dict[str, Column]] = {}
    for row in session.rows(queries.COLUMNS):
        columns.setdefault(row[0], {})[row[1]] = _column(row, domains)
    rows = session.rows(queries.TABLES)
    names = {row[0]: TableName(row[1], row[2]) for row in rows}
    parents: dict[int, list[TableName]] = {}
    children: dict[int, list[TableName]] = {}
    detaching = set()
    for parent, child, pending in session.rows(queries.INHERITANCE):
        if parent in names and child in names:
            parents.setdefault(child, []).append(names[parent])
            children.setdefault(parent, []).append(names[child])
            if pending:
                detaching.add(child)
    return {
        names[row[0]]: Table(
            oid=row[0],
            name=names[row[0]],
            kind=row[3],
            persistence=row[4],
            owner=row[5],
            rows=row[6],
            bytes=row[7],
            columns=columns.get(row[0], {}),
            owned=row[8],
            readable=row[9],
            row_security=row[10],
            row_security_applies=row[11],
            typed=row[12],
            partition=row[13],
            partition_key=frozenset(row[14]),
            parents=tuple(parents.get(row[0], ())),
            children=tuple(children.get(row[0], ())),
            comment=row[15],
            detaching=row[0] in detaching,
        )
        for row in rows
    }


def _column(row: tuple[Any, ...], domains: dict[int, tuple[Any, ...]]) -> Column:
    domain = None if row[5] is None else domains[row[5]]
    collation, name = row[20], row[24]
    return Column(
        name=row[1],
        attnum=row[2],
        type=row[3],
        base_type=row[4] if domain is None else domain[2],
        domain=None
        if domain is None
        else Domain(
            name=domain[1],
            base=domain[3],
            rules=tuple(domain[5]),
            default=domain[6],
            base_collation=(row[21], row[22]) if collation and collation != domain[4] else None,
        ),
        not_null=row[6],
        default=row[7],
        default_is_uuid=row[23],
        collation=(row[8], row[9]) if row[9] is not None else None,
        deterministic=row[10],
        identity=row[11],
        generated=row[12],
        storage=row[13],
        type_storage=row[14],
        compression=row[15],
        statistics_target=row[16],
        options=tuple(row[17] or ()),
        comment=row[18],
        inherited=row[19],
        not_null_constraint=None if name is None else NotNull(name, row[25], row[26], row[27]),
    )


def _indexes(session: Session, names: dict[int, TableName]) -> tuple[Index, ...]:
    found = []
    for row in session.rows(queries.INDEXES):
        members, count = row[8], row[9]
        keys = tuple(
            IndexColumn(
                column=members[n],
                opclass_default=row[10][n],
                opclass=row[11][n],
                collation_differs=row[12][n],
                statistics_target=row[23][n],
            )
            for n in range(count)
        )
        found.append(
            Index(
                oid=row[0],
                table=names[row[1]],
                name=row[2],
                method=row[3],
                unique=row[4],
                primary=row[5],
                valid=row[6],
                nulls_not_distinct=row[7],
                keys=keys,
                includes=tuple(name for name in members[count:] if name is not None),
                predicate=row[13],
                has_expressions=row[14],
                expression_reads=frozenset(row[15]),
                definition=row[16],
                constraint=row[17],
                constraint_type=row[18],
                deferrable=row[19],
                clustered=row[20],
                replica_identity=row[21],
                comment=row[22],
                parent=row[24],
            )
        )
    return tuple(found)


def _foreign_keys(session: Session, names: dict[int, TableName]) -> tuple[ForeignKey, ...]:
    rows = [row for row in session.rows(queries.FOREIGN_KEYS) if row[2] in names and row[4] in names]
    below: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows:
        if row[15]:
            below.setdefault(row[15], []).append(row)
    return tuple(_foreign_key(row, _descendants(row[0], below), names) for row in rows)


def _descendants(oid: int, below: dict[int, list[tuple[Any, ...]]]) -> Iterator[tuple[Any, ...]]:
    for row in below.get(oid, ()):
        yield row
        yield from _descendants(row[0], below)


def _foreign_key(
    row: tuple[Any, ...], descendants: Iterator[tuple[Any, ...]], names: dict[int, TableName]
) -> ForeignKey:
    clones = list(descendants)
    return ForeignKey(
        oid=row[0],
        name=row[1],
        table=names[row[2]],
        columns=tuple(row[3]),
        referenced_table=names[row[4]],
        referenced_columns=tuple(row[5]),
        definition=row[6],
        on_delete=_ACTIONS[row[7]],
        on_update=_ACTIONS[row[8]],
        match="FULL" if row[9] == "f" else "SIMPLE",
        deferrable=row[10],
        deferred=row[11],
        validated=row[12],
        enforced=row[13],
        index=row[14],
        parent=row[15],
        comment=row[16],
        triggers_altered=row[17] or any(clone[17] for clone in clones),
        triggers=_key_triggers(row, names),
        clones=tuple(
            KeyClone(names[clone[2]], names[clone[4]], clone[1], clone[16], _key_triggers(clone, names))
            for clone in clones
        ),
    )


def _key_triggers(row: tuple[Any, ...], names: dict[int, TableName]) -> tuple[KeyTrigger, ...]:
    return tuple(KeyTrigger(names[oid], *rest) for oid, *rest in row[18])


def _checks(session: Session, names: dict[int, TableName]) -> tuple[Check, ...]:
    return tuple(
        Check(
            oid=row[0],
            table=names[row[1]],
            name=row[2],
            columns=frozenset(row[3]),
            definition=row[4],
            validated=row[5],
            inherited=row[6],
            local=row[7],
        )
        for row in session.rows(queries.CHECKS)
        if row[1] in names
    )


def _column_dependents(session: Session, names: dict[int, TableName]) -> Iterator[Dependent]:
    for oid, column, catalog, _, relkind, rule, identity, description, definition, ordinary in session.rows(
        queries.COLUMN_DEPENDENTS
    ):
        if oid not in names:
            continue
        kind = _KINDS.get(catalog)
        if catalog == "pg_attrdef" and ordinary:
            continue  # the column's own default
        if catalog == "pg_constraint" and ordinary:
            continue  # keys, checks: they have lists of their own
        if catalog == "pg_trigger" and ordinary:
            continue  # the triggers of foreign keys
        if catalog == "pg_rewrite" and rule == "_RETURN":
            kind = "materialized view" if relkind == "m" else "view"
        if catalog == "pg_class" and relkind == "S":
            kind = "sequence"
        yield Dependent(
            kind=kind or "other object",
            name=(identity if kind else description) or description,
            table=names[oid],
            column=column,
            definition=definition or "",
            hard=not (kind == "sequence" or (kind == "statistics" and ordinary)),
        )


def _row_type_dependents(session: Session, names: dict[int, TableName]) -> Iterator[Dependent]:
    for oid, catalog, identity, description in session.rows(queries.ROW_TYPE_DEPENDENTS):
        if oid not in names:
            continue
        yield Dependent(
            kind="function" if catalog == "pg_proc" else "row type",
            name=identity or description,
            table=names[oid],
            column=None,
            # A function may take a row whose columns change; a stored row may not change.
            hard=catalog != "pg_proc",
        )
