"""Converts a scratch copy, proves it, takes it back, and compares what is there with what was."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from uuidkit import conversion, reversion, verification
from uuidkit.catalog.model import Schema
from uuidkit.database import connect
from uuidkit.database.session import Session, adapt
from uuidkit.errors import BlockedError, UuidkitError
from uuidkit.execute import Event, Progress, silent
from uuidkit.planning.model import Plan
from uuidkit.reading import read_database, reading
from uuidkit.rehearsal.copying import Extent, ScratchCopy, refuse_hidden, scratch_copy
from uuidkit.rehearsal.model import Rehearsal, RehearsalError, Step
from uuidkit.rehearsal.rows import choose, leaves, needed, of_plan
from uuidkit.wording import count

ROWS = 1000  # of each table, and whatever these refer to
_LINES = 20  # of a difference
_SAME = (
    "include", "exclude", "references", "on_unparseable", "on_orphan", "declare_references", "backup",
    "backup_suffix", "allow", "rewrites", "rewrite_offered", "join_graphs",
)  # fmt: skip


def rehearse(url: str, plan: Plan, *, rows: int | None = ROWS, progress: Progress | None = None) -> Rehearsal | None:
    """Carry a plan out on a scratch copy, and take it back; the real database is only read.

    Args:
        url: the real database.
        plan: made from it.
        rows: of each table to begin the sample with; None for all rows.
        progress: told of every step.

    Returns:
        What was found; None where there is nothing to rehearse: the plan is blocked, or has nothing to do.

    Raises:
        RehearsalError: the copy cannot be made.
        ConnectionFailed: the server cannot be reached.
    """
    if plan.status != "ready":
        return None
    tell = progress or silent

    def select(session: Session, schema: Schema) -> Extent:
        tables = needed(schema, plan)
        refuse_hidden(schema, tables)
        own = [name for name in tables if of_plan(schema, plan, name)]
        chosen = None if rows is None else choose(session, schema, [plan], tables, own, rows)
        return Extent(leaves(schema, tables), chosen)

    def begun(where: str) -> None:
        tell(Event("note", f"Rehearsing in {where}."))
        tell(Event("note", "Rehearsing: copy."))

    at = time.monotonic()
    with scratch_copy(url, select, lock_timeout=plan.request.lock_timeout, begun=begun) as copied:
        return _Run(plan, copied, Step("copy", True, time.monotonic() - at), tell).result()


class _Run:
    """One rehearsal under way."""

    def __init__(self, plan: Plan, copied: ScratchCopy, first: Step, tell: Progress) -> None:
        self._plan = plan
        self._copy = copied
        self._tell = tell
        self._steps = [first]
        self._notes = list(copied.notes)

    def result(self) -> Rehearsal:
        """Everything in order, up to the first step that fails."""
        differences: tuple[str, ...] = ()
        with connect(self._copy.url) as target:
            before = self._state(target)
            self._do("convert", lambda: self._convert(target))
            self._do("verify", lambda: self._verify(target))
            self._do("revert", lambda: self._revert(target))
            if self._going_well:
                with self._step("compare"):
                    differences = tuple(_differences(before, self._state(target)))
                if differences:
                    last = self._steps[-1]
                    self._steps[-1] = Step("compare", False, last.seconds, "The copy is not as it was before.")
        return Rehearsal(self._copy.where, self._copy.rows, tuple(self._steps), differences, tuple(self._notes))

    @property
    def _going_well(self) -> bool:
        return all(step.ok for step in self._steps)

    def _do(self, name: str, work: Callable[[], str]) -> None:
        """A step that may fail; nothing where an earlier one has."""
        if not self._going_well:
            return
        begun = time.monotonic()
        self._tell(Event("note", f"Rehearsing: {name}."))
        try:
            said, ok = work(), True
        except BlockedError as error:
            lines = [f"{one.code} {one.object}: {one.message}" for one in error.blockers]
            said, ok = "Blocked on the copy: " + " ".join(lines), False
        except UuidkitError as error:
            said, ok = error.message, False
        except psycopg.Error as error:
            said, ok = f"{error.diag.message_primary or error} (SQLSTATE {error.sqlstate})", False
        self._steps.append(Step(name, ok, time.monotonic() - begun, said))

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        self._tell(Event("note", f"Rehearsing: {name}."))
        yield
        self._steps.append(Step(name, True, time.monotonic() - begun))

    def _convert(self, target: psycopg.Connection[tuple[Any, ...]]) -> str:
        request = self._plan.request
        options: dict[str, Any] = {name: getattr(request, name) for name in _SAME}
        for name in ("include", "exclude"):
            options[name] = [str(column) for column in options[name]]
        outcome = conversion.convert(target, [str(name) for name in request.targets], **options)
        done = {column for graph in outcome.done for column in graph.columns}
        wanted = {column.column for graph in self._plan.graphs for column in graph.changing}
        if left := sorted(map(str, wanted - done)):
            self._notes.append(
                f"Not converted in the copy, whose rows do not tie them to the others: {', '.join(left)}."
            )
        return f"{count(len(done), 'column')}, {count(sum(graph.rows for graph in outcome.done), 'row')}"

    def _verify(self, target: psycopg.Connection[tuple[Any, ...]]) -> str:
        proof = verification.verify(target, self._converted(target))
        if not proof.ok:
            raise RehearsalError(" ".join(f"{c.column}: {problem}" for c in proof.columns for problem in c.problems))
        return f"{count(sum(column.checked for column in proof.columns), 'value')} checked"

    def _revert(self, target: psycopg.Connection[tuple[Any, ...]]) -> str:
        outcome = reversion.revert(target, self._converted(target))
        return count(sum(len(graph.columns) for graph in outcome.done), "column")

    def _converted(self, target: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
        session = adapt(target)
        with reading(session) as search_path:
            schema = read_database(session, search_path)
        wanted = {column.column for graph in self._plan.graphs for column in graph.changing}
        return [str(name) for name in sorted(wanted) if (now := schema.column(name)) is not None and now.is_uuid]

    def _state(self, target: psycopg.Connection[tuple[Any, ...]]) -> tuple[str, dict[str, str]]:
        """The definitions, and a sum over the rows of each table that does not depend on their order."""
        sums = {}
        for table in self._copy.tables:
            query = sql.SQL(
                "SELECT count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) "
                "FROM ONLY {} AS t"
            ).format(table.name.identifier)
            [(found,)] = target.execute(query).fetchall()
            sums[str(table.name)] = str(found)
        return self._copy.definitions(), sums


def _differences(before: tuple[str, dict[str, str]], after: tuple[str, dict[str, str]]) -> Iterator[str]:
    lines = difflib.unified_diff(before[0].splitlines(), after[0].splitlines(), lineterm="", n=0)
    changed = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    yield from changed[:_LINES]
    if len(changed) > _LINES:
        yield f"and {count(len(changed) - _LINES, 'line')} more of the definitions"
    for table, was in before[1].items():
        if after[1][table] != was:
            yield f"the rows of {table}: {was} before, {after[1][table]} afterwards"
