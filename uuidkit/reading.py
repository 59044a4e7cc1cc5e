"""Reads everything a plan needs: catalog, references, values. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import psycopg
from psycopg import sql

from uuidkit import guard, judging
from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.catalog.read import (
    read_schema,
    read_subscriptions,
    read_whole_row_publications,
    read_whole_row_triggers,
)
from uuidkit.catalog.trees import families, family_tables, inheriting
from uuidkit.composing import text_of
from uuidkit.database.session import Session
from uuidkit.dependents.functions import read_functions, read_naming_triggers
from uuidkit.dependents.order import concerning
from uuidkit.dependents.read import read_dependents
from uuidkit.errors import LockNotAvailable
from uuidkit.execute import fingerprints
from uuidkit.explaining import LOCK_NOT_AVAILABLE
from uuidkit.findings import ColumnFindings, Reference
from uuidkit.ids import sql as value
from uuidkit.ledger import store
from uuidkit.meaning.kept import keep_verdicts
from uuidkit.planning.facts import GraphFacts
from uuidkit.planning.model import GraphPlan, Request
from uuidkit.references import closure, declared, discover, include
from uuidkit.survey import Unreadable, survey


@contextmanager
def reading(session: Session, lock_timeout: float = 2.0) -> Iterator[tuple[str, ...]]:
    """A transaction, or a savepoint in the caller's, with the settings that reading needs.

    Row security is off, so that a policy that would hide rows is an error instead.

    Args:
        session: any.
        lock_timeout: seconds to wait behind somebody else's exclusive lock.

    Yields:
        The schemas of the caller's search path.

    Raises:
        LockNotAvailable: somebody holds a table exclusively.
    """
    try:
        with session.transaction():
            [(schemas,)] = session.rows("SELECT pg_catalog.current_schemas(false)::pg_catalog.text[]")
            session.run(guard.enter(lock_timeout))
            yield tuple(schemas)
            session.run(guard.leave())
    except psycopg.Error as error:
        if error.sqlstate == LOCK_NOT_AVAILABLE:
            held = _exclusive_locks(session)
            raise LockNotAvailable(
                f"A table is locked by another session, so that it cannot be read. {held}".rstrip(),
                "Wait until it is free, and run the command again.",
            ) from error
        raise


def _exclusive_locks(session: Session) -> str:
    """Which tables nobody else can read at the moment, and who holds them; empty where it cannot be asked."""
    if session.in_transaction:
        try:
            with session.savepoint():
                return _holders(session)
        except psycopg.Error:
            return ""  # the caller's transaction has failed; it cannot be asked anything more
    with session.transaction():
        return _holders(session)


def _holders(session: Session) -> str:
    rows = session.rows(
        """SELECT n.nspname, c.relname, l.pid, coalesce(nullif(a.application_name, ''), 'no name')
             FROM pg_catalog.pg_locks l
             JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'm')
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            WHERE l.mode = 'AccessExclusiveLock' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid()
              AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
            ORDER BY 1, 2, 3 LIMIT 5"""
    )
    return " ".join(f"{TableName(schema, name)} is held by process {pid} ({who})." for schema, name, pid, who in rows)


def read_database(session: Session, search_path: tuple[str, ...]) -> Schema:
    """The catalog, with the caller's search path in place of our own empty one."""
    return replace(read_schema(session), search_path=search_path)


def read_graphs(
    session: Session, schema: Schema, request: Request, discovered: Sequence[Reference] | None = None
) -> tuple[GraphFacts, ...]:
    """The reference graphs of a request, with everything that was found out about each.

    Args:
        session: within ``reading``.
        schema: what is there.
        request: with its names resolved.
        discovered: undeclared references that are known already; None to look for them.
    """
    references: tuple[Reference, ...] = declared(schema)
    not_looked_at: list[Unreadable] = []
    if request.references == "auto" and discovered is not None:
        references += tuple(discovered)
    elif request.references == "auto":
        references += discover(session, schema, around=request.targets, on_unreadable=not_looked_at.append)
    references = include(schema, references, request)
    graphs = closure(schema, references, request)
    texts = [name for graph in graphs for name in graph if _is_text(schema, name) and _readable(schema, name)]
    unreadable: list[Unreadable] = []
    while True:
        # All at once: a key over columns of several graphs is judged by what becomes of all of them.
        try:
            with session.savepoint():
                findings = survey(
                    session,
                    schema,
                    texts,
                    on_unparseable=request.on_unparseable,
                    unique_expected=_to_be_unique(schema, references, texts) if request.declare_references else (),
                )
            break
        except Unreadable as error:
            unreadable.append(error)
            texts.remove(error.column)
    said = tuple(dict.fromkeys(f"{error.column.table_name}: {error.reason}." for error in not_looked_at))
    # Of a whole database the scan has said already what it leaves out.
    everywhere = (
        {name for graph in graphs for name in graph} if discovered is None else {r.referencing for r in references}
    )
    referring = _by_graph(graphs, references)
    facts = (
        _values(session, schema, graph, own, findings, unreadable, said, everywhere)
        for graph, own in zip(graphs, referring, strict=True)
    )
    return _surrounded(session, schema, request, list(facts), together=True)


def read_again(
    session: Session, schema: Schema, request: Request, graphs: Sequence[GraphPlan]
) -> tuple[GraphFacts, ...]:
    """Graphs that wait while others change the same tables: the catalog is read anew, what the values are is kept.

    Args:
        session: within ``reading``.
        schema: what is there now.
        request: with its names resolved.
        graphs: as they were planned, without blockers.
    """
    kept = [
        GraphFacts(
            columns=tuple(column.column for column in graph.columns),
            findings={column.column: column.findings for column in graph.columns if column.findings is not None},
            references=graph.references,
        )
        for graph in graphs
    ]
    facts = _surrounded(session, schema, request, kept, together=False)
    return keep_verdicts(facts, graphs, store.read(session, present=schema.ledger_present))


def _is_text(schema: Schema, name: ColumnName) -> bool:
    column = schema.column(name)
    return column is not None and column.is_text


def _to_be_unique(
    schema: Schema, references: Sequence[Reference], texts: Sequence[ColumnName]
) -> tuple[ColumnName, ...]:
    """The columns that get a unique constraint because a declared reference needs one."""
    wanted = dict.fromkeys(r.referenced for r in references if not r.declared and r.certain)
    return tuple(name for name in wanted if name in texts and not schema.is_unique(name))


def _by_graph(graphs: Sequence[Sequence[ColumnName]], references: Sequence[Reference]) -> list[list[Reference]]:
    """Of each graph the references to its columns."""
    places = {name: place for place, graph in enumerate(graphs) for name in graph}
    found: list[list[Reference]] = [[] for _ in graphs]
    for reference in references:
        if (place := places.get(reference.referenced)) is not None:
            found[place].append(reference)
    return found


def _values(
    session: Session,
    schema: Schema,
    graph: tuple[ColumnName, ...],
    references: Sequence[Reference],
    surveyed: Mapping[ColumnName, ColumnFindings],
    unreadable: Sequence[Unreadable],
    not_looked_at: tuple[str, ...],
    everywhere: Collection[ColumnName],
) -> GraphFacts:
    """What the values of a graph's columns are, and how they refer to one another."""
    members = set(graph)
    inside = tuple(r for r in references if r.referencing in members and r.referenced in members and r.certain)
    findings = {
        name: _resolved(session, surveyed[name], [r for r in inside if r.referencing == name and r.backup is not None])
        for name in graph
        if name in surveyed
    }
    return GraphFacts(
        columns=graph,
        findings=findings,
        unreadable=tuple((error.column, error.reason, error.remedy) for error in unreadable if error.column in members),
        references=inside,
        not_unique=tuple(_not_unique(session, schema, inside)),
        ambiguous=tuple(_ambiguous(session, inside)),
        doubtful=tuple(
            r
            for r in references
            if r.seen and not r.certain and r.referenced in members and r.referencing not in everywhere
        ),
        not_looked_at=not_looked_at,
    )


def _surrounded(
    session: Session, schema: Schema, request: Request, graphs: Sequence[GraphFacts], *, together: bool
) -> tuple[GraphFacts, ...]:
    """The facts with what the catalog says about the tables around the columns, read once for all graphs.

    Args:
        together: whether graphs become one that an object ties together.
    """
    tables = family_tables(schema, (name.table_name for graph in graphs for name in graph.columns))
    # A table that cannot be read may be in a schema that cannot even be named; its graph is refused anyway.
    readable = [table for table in tables if schema.tables[table].readable]
    prints = dict(fingerprints(session, readable)) if readable else {}
    sizes = _sizes(session, [table for table in readable if schema.tables[table].kind in "rp"])
    roots = [name for graph in graphs for name in graph.columns if _is_text(schema, name)]
    changing = set(families(schema, roots))
    dependents = read_dependents(session, schema, changing)
    functions = read_functions(session, schema, changing, dependents)
    naming = read_naming_triggers(session, schema, changing, dependents)
    judged = judging.judged(session, schema, request, graphs, dependents)
    if together and len(graphs) > 1:
        graphs = judging.tied_together(session, schema, request, graphs, dependents, judged)
    named = {table.oid: table.name for table in schema.tables.values()}
    row_triggers = [
        (trigger, named[oid], function) for trigger, oid, function in read_whole_row_triggers(session) if oid in named
    ]
    publications = [(name, named[oid]) for name, oid in read_whole_row_publications(session) if oid in named]
    subscriptions = [(name, named[oid]) for name, oid in read_subscriptions(session) if oid in named]
    found = []
    for graph in graphs:
        own = dict.fromkeys(family_tables(schema, (name.table_name for name in graph.columns)))
        found.append(
            replace(
                graph,
                fingerprints=tuple((table, prints[table]) for table in own if table in prints),
                dependents=(own_dependents := concerning(dependents, families(schema, graph.columns))),
                judgements=tuple((*one.key, judged[one.key]) for one in own_dependents if one.key in judged),
                functions=tuple(f for f in functions if own.keys() & set(f.tables)),
                naming_triggers=tuple(one for one in naming if one.column.table_name in own),
                sizes=tuple((table, sizes[table]) for table in own if table in sizes),
                row_triggers=tuple(item for item in row_triggers if item[1] in own),
                publications=tuple(item for item in publications if item[1] in own),
                subscriptions=tuple(item for item in subscriptions if item[1] in own),
                changing_tables=frozenset(family_tables(schema, (name.table_name for name in graph.findings))),
            )
        )
    return tuple(found)


def _sizes(session: Session, tables: Sequence[TableName]) -> dict[TableName, int]:
    """Bytes of each table's rows, TOAST included; what the catalog says of it is as old as the last ANALYZE."""
    if not tables:
        return {}
    rows = session.rows(
        sql.SQL(
            "SELECT pg_table_size(t.oid) FROM unnest(ARRAY[{}]::regclass[]) WITH ORDINALITY AS t (oid, n) ORDER BY n"
        ).format(sql.SQL(", ").join([sql.Literal(text_of(table.identifier)) for table in tables]))
    )
    return {table: int(size) for table, (size,) in zip(tables, rows, strict=True)}


def _resolved(session: Session, findings: ColumnFindings, references: Sequence[Reference]) -> ColumnFindings:
    """The findings, less the unparseable values that a parent's old texts explain."""
    backups = list(dict.fromkeys(r.backup for r in references if r.backup is not None))
    if not findings.unparseable or not backups:
        return findings
    name = findings.column
    text = value.as_text(name.identifier)
    known = sql.SQL(" UNION ALL ").join(
        [
            sql.SQL("SELECT {} FROM {} WHERE {} IS NOT NULL").format(
                value.as_text(backup.identifier), backup.table_name.identifier, backup.identifier
            )
            for backup in backups
        ]
    )
    [(left, samples)] = session.rows(
        sql.SQL(
            "SELECT coalesce(sum(n), 0)::int8, (array_agg(left(old, 80) ORDER BY old))[1:5]\n"
            "  FROM (SELECT old, count(*) AS n FROM (SELECT {text} AS old FROM {table} "
            "WHERE {column} IS NOT NULL AND NOT {parseable}) AS odd\n"
            "         WHERE old NOT IN ({known}) GROUP BY old) AS unknown"
        ).format(
            text=text,
            table=name.table_name.identifier,
            column=name.identifier,
            parseable=value.is_parseable(name.identifier),
            known=known,
        )
    )
    return replace(
        findings,
        formats={**findings.formats, "looked up": findings.unparseable - left},
        unparseable=left,
        unparseable_samples=tuple(samples or ()),
    )


def _readable(schema: Schema, name: ColumnName) -> bool:
    table = schema.tables[name.table_name]
    family = (schema.tables[other.table_name] for other in inheriting(schema, name))
    foreign = any(other.kind == "f" for other in (table, *family))
    return table.readable and not table.row_security_applies and not foreign


def _not_unique(session: Session, schema: Schema, references: Sequence[Reference]) -> Iterator[tuple[ColumnName, str]]:
    """Referenced columns without a key whose values repeat."""
    for name in dict.fromkeys(r.referenced for r in references if not r.declared):
        if schema.is_unique(name) or not _readable(schema, name):
            continue
        rows = session.rows(
            sql.SQL(
                "SELECT {column}::text, count(*) FROM {table} WHERE {column} IS NOT NULL "
                "GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 1"
            ).format(column=name.identifier, table=name.table_name.identifier)
        )
        for text, count in rows:
            yield name, f"{text!r} in {count} rows"


def _ambiguous(session: Session, references: Sequence[Reference]) -> Iterator[tuple[ColumnName, str]]:
    """Old texts in a parent's backup column that stand for more than one uuid."""
    pairs = dict.fromkeys((r.backup, r.referenced) for r in references if r.backup is not None)
    for backup, referenced in pairs:
        rows = session.rows(
            sql.SQL(
                "SELECT {text} FROM {table} WHERE {backup} IS NOT NULL AND {column} IS NOT NULL "
                "GROUP BY 1 HAVING count(DISTINCT {column}) > 1 ORDER BY 1 LIMIT 1"
            ).format(
                text=value.as_text(backup.identifier),
                table=backup.table_name.identifier,
                backup=backup.identifier,
                column=referenced.identifier,
            )
        )
        for (text,) in rows:
            yield backup, text
