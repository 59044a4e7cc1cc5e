"""Plan and convert: the way there."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.database.session import Session, adapt
from uuidkit.errors import BlockedError, PlanOutdated, UsageError
from uuidkit.execute import Event, GraphOutcome, Outcome, Progress, silent
from uuidkit.explaining import sentences
from uuidkit.findings import Reference
from uuidkit.planning.build import build
from uuidkit.planning.dependents import unknown_names
from uuidkit.planning.model import GraphPlan, Plan, Request
from uuidkit.planning.notes import of_several
from uuidkit.reading import read_again, read_graphs
from uuidkit.references import declared
from uuidkit.requesting import make_request
from uuidkit.succession import Succession
from uuidkit.surroundings import notes as surrounding_notes
from uuidkit.surroundings import read_surroundings
from uuidkit.targets import resolve_roots
from uuidkit.undisturbed import undisturbed
from uuidkit.version import __version__
from uuidkit.whole import whole


def plan(
    connection: Any,
    targets: Sequence[str],
    *,
    all_columns: bool = False,
    schema: str | None = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    **options: Any,
) -> Plan:
    """Everything that ``convert`` would do, find and refuse; changes nothing.

    Args:
        connection: a psycopg or SQLAlchemy connection.
        targets: columns, as ``table.column`` or ``schema.table.column``.
        all_columns: every column that ``scan`` judges ``convert``, besides the targets.
        schema: with ``all_columns``, only that schema's.
        include: columns added by hand as references.
        exclude: columns left out by hand.
        options: the other fields of ``planning.model.Request``; ``rewrite={name: SQL}`` for its ``rewrites``.

    Raises:
        UsageError: a target does not exist, or an option is not known.
        LockNotAvailable: somebody holds a table exclusively.
    """
    with sentences():
        return _plan(adapt(connection), targets, all_columns, schema, include, exclude, options)


def _plan(
    session: Session,
    targets: Sequence[str],
    all_columns: bool,
    only_schema: str | None,
    include: Sequence[str],
    exclude: Sequence[str],
    options: dict[str, Any],
    *,
    in_sequence: bool = True,
) -> Plan:
    def make(found: Schema) -> Plan:
        if not all_columns:
            request = make_request(found, targets, include, exclude, options)
            return _noted(session, found, make_plan(session, found, request, in_sequence=in_sequence))
        every = whole(session, found, only_schema, resolve_roots(found, exclude))
        wanted = [*map(str, every.targets), *targets]
        request = make_request(found, wanted, include, exclude, options, by_name=False)
        planned = make_plan(session, found, request, discovered=every.discovered, in_sequence=in_sequence)
        taken = {column.column for graph in planned.graphs for column in graph.columns}
        return replace(_noted(session, found, planned, every.notes(taken)), found=every.targets, found_in=only_schema)

    return undisturbed(session, float(options.get("lock_timeout", 2.0)), make, _tables)


def _noted(session: Session, schema: Schema, plan: Plan, more: Sequence[str] = ()) -> Plan:
    """The plan with what concerns the database as a whole, and who else is at work in it."""
    tables = dict.fromkeys(table for graph in plan.graphs if graph.changing for table in graph.tables)
    around = read_surroundings(session, [(schema.tables[table].oid, table) for table in tables])
    notes = (*plan.notes, *more, *of_several(plan.graphs), *surrounding_notes(around, schema.role))
    return replace(plan, notes=notes)


def _planned_again(session: Session, plan: Plan, waiting: Sequence[GraphPlan]) -> Plan:
    """The plan for some graphs after others have made objects of theirs anew; what the values are is kept.

    A value that was changed meanwhile stops the conversion of its graph, as it does in the first plan.

    Raises:
        PlanOutdated: a foreign key was added or dropped meanwhile, so that other columns belong together.
    """

    def make(found: Schema) -> Plan:
        keys = {(key.referencing, key.referenced) for key in declared(found)}
        for graph in waiting:
            own = {column.column for column in graph.columns}
            planned = {(r.referencing, r.referenced) for r in graph.references if r.declared}
            if {key for key in keys if own & set(key)} != planned:
                raise PlanOutdated(f"The foreign keys around {graph.name} are not those of the plan.")
        return build(
            found, plan.request, read_again(session, found, plan.request, waiting), __version__, in_sequence=False
        )

    return undisturbed(session, plan.request.lock_timeout, make, _tables)


def _tables(plan: Plan) -> frozenset[TableName]:
    return frozenset(table for graph in plan.graphs for table in graph.tables)


def make_plan(
    session: Session,
    schema: Schema,
    request: Request,
    *,
    discovered: Sequence[Reference] | None = None,
    in_sequence: bool = True,
) -> Plan:
    """The plan for a resolved request.

    Args:
        session: within ``reading``.
        discovered: as for ``read_graphs``.
        in_sequence: as for ``planning.build.build``.
    """
    facts = read_graphs(session, schema, request, discovered)
    result = build(schema, request, facts, __version__, in_sequence=in_sequence)
    unknown = unknown_names(request, [found for graph in result.graphs for found in graph.dependents])
    # What hung on a column that is converted already has been decided about; with --all such columns are not listed.
    converted = any(column.done for graph in result.graphs for column in graph.columns)
    if (
        unknown
        and not request.optional_names
        and not converted
        and not (discovered is not None and schema.ledger_present)
    ):
        raise UsageError(
            f"Nothing of that name hangs on the columns: {', '.join(unknown)}.",
            "Write the name as the report does; without --allow and --rewrite it lists them all.",
        )
    return result


def convert(
    connection: Any,
    targets: Sequence[str],
    *,
    single_transaction: bool = False,
    progress: Progress | None = None,
    all_columns: bool = False,
    schema: str | None = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    **options: Any,
) -> Outcome:
    """Convert columns, one transaction per reference graph.

    Where the connection is in a transaction already, everything happens in that one and nothing is committed here.

    Args:
        connection: a psycopg or SQLAlchemy connection.
        single_transaction: all graphs or none.
        progress: told of every step.
        targets, all_columns, schema, include, exclude, options: as for ``plan``.

    Raises:
        UsageError: a target does not exist, or an option is not known.
        BlockedError: findings forbid it; nothing was changed.
        LockNotAvailable: the tables could not be locked; nothing was changed in the graph at hand.
        ConversionFailed: a statement failed; the graph at hand is as it was, finished ones are named.
    """
    session = adapt(connection)
    tell = progress or silent
    begun = time.monotonic()

    def current() -> Plan:
        return _plan(session, targets, all_columns, schema, include, exclude, options, in_sequence=False)

    with sentences():
        if session.in_transaction:
            first, done = _convert_graphs(session, current, tell, commit=False)
        elif single_transaction:
            with session.transaction():
                first, done = _convert_graphs(session, current, tell, commit=False)
        else:
            first, done = _convert_graphs(session, current, tell, commit=True)
    tell(Event("done", f"{len(done)} graph{'' if len(done) == 1 else 's'} converted"))
    return Outcome(done=tuple(done), seconds=time.monotonic() - begun, plan=first)


def _convert_graphs(
    session: Session, current: Callable[[], Plan], tell: Progress, *, commit: bool
) -> tuple[Plan, list[GraphOutcome]]:
    first = current()
    _refuse(first)
    for note in first.notes:
        tell(Event("note", note))
    succession = Succession(session, tell, first.request.lock_attempts, commit)
    with succession.finished_named():
        _convert_all(succession, current, first)
    return first, succession.done


def _convert_all(succession: Succession, current: Callable[[], Plan], first: Plan) -> None:
    """Graph after graph; those that share an object with a finished one last, planned again then."""
    latest = first
    finished: set[ColumnName] = set()
    while waiting := [g for g in latest.graphs if g.statements and not finished & _own(g)]:
        left = len(waiting)
        try:
            for graph in _next_round(succession, latest, waiting):
                left -= 1
                _convert_graph(succession, latest, graph, last=not left)
                finished |= _own(graph)
        except PlanOutdated as error:
            succession.plan_again(error)
            latest = current()
            _refuse(latest)


def _next_round(succession: Succession, plan: Plan, waiting: Sequence[GraphPlan]) -> Sequence[GraphPlan]:
    """Graphs that can be done from one plan, planned again where a finished one has remade what they do."""
    chosen, outdated = succession.apart(waiting)
    if not outdated:
        return chosen
    succession.left.clear()
    again = _planned_again(succession.session, plan, chosen)
    _refuse(again)
    return again.graphs


def _own(graph: GraphPlan) -> set[ColumnName]:
    """The columns by which a graph is known again: those that change, or all where only keys are declared."""
    return {column.column for column in graph.changing or graph.columns}


def _refuse(plan: Plan) -> None:
    if plan.blockers:
        raise BlockedError(plan.blockers)


def _convert_graph(succession: Succession, plan: Plan, graph: GraphPlan, *, last: bool) -> None:
    begun = time.monotonic()
    what = ", ".join(str(column.column) for column in graph.changing) or graph.name
    succession.tell(Event("graph", f"Converting {what}", graph=graph, plan=plan))
    succession.run(graph, graph.statements, last=last)
    rows = {c.column.table_name: c.findings.rows for c in graph.changing if c.findings is not None}
    columns = tuple(column.column for column in graph.changing)
    succession.done.append(GraphOutcome(columns, sum(rows.values()), time.monotonic() - begun))
