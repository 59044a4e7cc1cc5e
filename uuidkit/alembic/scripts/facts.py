"""What a conversion rests on, written into the revision when it is made, so that a script needs no database later.

The facts are the tables as the catalog had them, the references that were found, and the forms of the values with
their numbers; never a value. Nothing is written where that would not be enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from uuidkit.alembic.operations import ConvertToUuidOp
from uuidkit.alembic.scripts.details import details_query
from uuidkit.alembic.scripts.document import from_document, to_document
from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import TableName
from uuidkit.database.session import Session
from uuidkit.errors import UsageError, UuidkitError
from uuidkit.explaining import sentences
from uuidkit.findings import ColumnFindings
from uuidkit.planning.build import build
from uuidkit.planning.facts import GraphFacts
from uuidkit.planning.model import Plan, Request
from uuidkit.reading import read_database, read_graphs, reading
from uuidkit.requesting import make_request
from uuidkit.version import __version__

FORMAT = 1
# Expressions of a script have to be understood by every supported server.
_PORTABLE = 150_000
# Of GraphFacts: what is written down, and what reports alone are about or the server finds out by itself. Whatever else
# there is makes facts insufficient.
_KEPT = frozenset({"columns", "findings", "references", "fingerprints", "changing_tables"})
_NOT_NEEDED = frozenset(
    {"not_unique", "ambiguous", "doubtful", "not_looked_at", "mentions", "row_triggers", "publications", "sizes"}
)
# Blockers that the server itself raises when the script runs; all others have to be gone before.
_JUDGED_BY_THE_SERVER = frozenset({"UNPARSEABLE", "COLLISION", "ORPHAN"})


@dataclass(frozen=True, slots=True)
class Facts:
    """The content of the argument ``facts``.

    Attributes:
        include, exclude, references: the options of the operation that decide which columns belong together.
        schema: the tables concerned, without sizes, owners and whatever belongs to one server alone.
        graphs: what was found out about each graph, without any value.
        details: per table the md5 of what its fingerprint does not cover (``details_query``).
    """

    format: int
    toolkit: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    references: str
    schema: Schema
    graphs: tuple[GraphFacts, ...]
    details: tuple[tuple[TableName, str], ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the live database gave.

    Attributes:
        plan: the conversion as it would be now.
        facts: what can be written into the revision; None where that would not be enough.
        missing: why not, as a sentence; empty with facts.
    """

    plan: Plan
    facts: dict[str, Any] | None
    missing: str = ""


def look(session: Session, operation: ConvertToUuidOp) -> Look:
    """Plan a conversion from the live database, and gather what a script will need of it.

    Args:
        session: online; the database is only read.
        operation: the conversion, without facts.

    Raises:
        UsageError: a name does not exist.
        LockNotAvailable: somebody holds a table exclusively.
    """
    with sentences(), reading(session, operation.lock_timeout) as search_path:
        schema = read_database(session, search_path)
        request = _request(schema, operation)
        graphs = read_graphs(session, schema, request)
        plan = build(schema, request, graphs, __version__)
        tables = dict.fromkeys(table for graph in graphs for table, _ in graph.fingerprints)
        details = tuple((table, str(session.rows(details_query(table))[0][0])) for table in tables)
        facts = _facts(operation, schema, request, graphs, details)
        again = _part(read_database(session, search_path), request, graphs)
    missing = _insufficient(plan, graphs)
    if not missing and again != facts.schema:
        missing = "The tables were changed while they were read."
    if not missing and not _same(facts, schema, request):
        missing = "It needs more of the database than can be written down."
    return Look(plan, None if missing else to_document(facts), missing)


def plan_from(operation: ConvertToUuidOp) -> tuple[Plan, Mapping[TableName, str]]:
    """The plan that the facts of an operation give, and the details that they know of each table.

    Args:
        operation: with facts.

    Raises:
        UsageError: the facts cannot be read, or belong to other options than the operation has.
    """
    document: Mapping[str, Any] = operation.facts or {}
    if document.get("format") != FORMAT:
        raise UsageError(
            f"The facts of {operation.title} are of format {document.get('format')!r}, which this version of uuidkit "
            "cannot read.",
            _REMEDY,
        )
    try:
        facts: Facts = from_document(Facts, document)
    except (TypeError, ValueError, KeyError, AttributeError, UuidkitError) as error:
        raise UsageError(f"The facts of {operation.title} cannot be read: {error}.", _REMEDY) from error
    for option in ("include", "exclude", "references"):
        if getattr(facts, option) != getattr(operation, option):
            raise UsageError(
                f"The facts of {operation.title} were gathered for another {option}: "
                f"{option}={_shown(getattr(facts, option))}.",
                _REMEDY,
            )
    return _plan(facts, operation), dict(facts.details)


_REMEDY = (
    "Take the argument facts out of the revision: then the script is planned from the database of DATABASE_URL. Or "
    "write the revision anew with autogenerate."
)


def _shown(option: Any) -> str:
    return repr(list(option)) if isinstance(option, tuple) else repr(option)


def _request(schema: Schema, operation: ConvertToUuidOp) -> Request:
    options = {name: value for name, value in operation.options.items() if name not in ("include", "exclude")}
    return make_request(schema, [operation.target], operation.include, operation.exclude, options)


def _plan(facts: Facts, operation: ConvertToUuidOp, version_num: int = _PORTABLE) -> Plan:
    schema = replace(facts.schema, version_num=version_num)
    return build(schema, _request(schema, operation), facts.graphs, __version__)


def _facts(
    operation: ConvertToUuidOp,
    schema: Schema,
    request: Request,
    graphs: Sequence[GraphFacts],
    details: tuple[tuple[TableName, str], ...],
) -> Facts:
    return Facts(
        format=FORMAT,
        toolkit=__version__,
        include=operation.include,
        exclude=operation.exclude,
        references=operation.references,
        schema=_part(schema, request, graphs),
        graphs=tuple(_without_values(graph) for graph in graphs),
        details=details,
    )


def _part(schema: Schema, request: Request, graphs: Sequence[GraphFacts]) -> Schema:
    """The part of the catalog that the plan rests on."""
    columns = [*(column for graph in graphs for column in graph.columns), *request.include, *request.exclude]
    tables = {column.table_name for column in columns}
    keys = [key for key in schema.foreign_keys if any(end in columns for pair in key.pairs for end in pair)]
    tables |= {end.table_name for key in keys for pair in key.pairs for end in pair}
    return Schema(
        database="",
        version_num=schema.version_num,
        encoding=schema.encoding,
        role="",
        superuser=True,
        search_path=schema.search_path,
        tables={
            name: replace(table, owner="", rows=0, bytes=0, owned=True, readable=True, row_security_applies=False)
            for name, table in schema.tables.items()
            if name in tables
        },
        indexes=tuple(index for index in schema.indexes if index.table in tables),
        # The names of the triggers belong to the one database; the script asks for those of its own.
        foreign_keys=tuple(replace(key, triggers=()) for key in keys),
        checks=tuple(check for check in schema.checks if check.table in tables),
        dependents=tuple(found for found in schema.dependents if _in(found.table, tables) and found.hard),
        schemas_creatable=frozenset(name.schema for name in tables),
    )


def _in(table: TableName, tables: set[TableName]) -> bool:
    return table in tables


def _without_values(graph: GraphFacts) -> GraphFacts:
    kept = {field.name: getattr(graph, field.name) for field in fields(graph) if field.name in _KEPT}
    return GraphFacts(
        **{
            **kept,
            "findings": {name: _counts(found) for name, found in graph.findings.items()},
            "references": tuple(replace(found, orphans=None, orphan_samples=(), why="") for found in graph.references),
        }
    )


def _counts(found: ColumnFindings) -> ColumnFindings:
    return ColumnFindings(
        column=found.column,
        type=found.type,
        rows=found.rows,
        nulls=found.nulls,
        distinct=None,
        formats=found.formats,
        shapes=found.shapes,
        # Where nothing was seen nothing is known.
        complete=found.complete and bool(found.values),
    )


def _insufficient(plan: Plan, graphs: Sequence[GraphFacts]) -> str:
    """Why facts would not be enough for this plan, as a sentence; empty where they are."""
    blocked = [found for found in plan.blockers if found.code not in _JUDGED_BY_THE_SERVER]
    if blocked:
        return f"It is blocked at present: {blocked[0].code} {blocked[0].object}."
    for graph in plan.graphs:
        for dependent in graph.dependents:
            if dependent.action != "keep" and dependent.kind != "default":
                return f"What becomes of {dependent.kind} {dependent.name} is decided by the live values."
    for facts in graphs:
        for field in fields(facts):
            if field.name not in _KEPT | _NOT_NEEDED and getattr(facts, field.name):
                return f"What hangs on its columns ({field.name}) is judged by the live database."
    return ""


def _same(facts: Facts, schema: Schema, request: Request) -> bool:
    """Whether the facts, written and read again, give what the whole catalog gives."""
    again: Facts = from_document(Facts, to_document(facts))
    part = replace(again.schema, version_num=schema.version_num)
    whole = replace(schema, foreign_keys=tuple(replace(key, triggers=()) for key in schema.foreign_keys))
    return again == facts and list(_work(build(part, request, again.graphs, __version__))) == list(
        _work(build(whole, request, facts.graphs, __version__))
    )


def _work(plan: Plan) -> Iterator[str]:
    for graph in plan.graphs:
        for statement in graph.statements:
            yield statement.sql
