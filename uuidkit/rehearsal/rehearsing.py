"""Makes the scratch copy, converts it, proves it, takes it back, and compares what is there with what was."""

from __future__ import annotations

import difflib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import IsolationLevel, sql

from uuidkit import conversion, reversion, verification
from uuidkit.catalog.model import Schema, Table
from uuidkit.catalog.names import TableName
from uuidkit.database import connect
from uuidkit.database.session import adapt
from uuidkit.errors import BlockedError, UuidkitError
from uuidkit.execute import Event, Progress, silent
from uuidkit.planning.model import Plan
from uuidkit.reading import read_database, reading
from uuidkit.rehearsal.model import Rehearsal, RehearsalError, Step
from uuidkit.rehearsal.programs import Programs, programs
from uuidkit.rehearsal.rows import choose, copy, leaves, needed
from uuidkit.rehearsal.scratch import Scratch, scratch
from uuidkit.wording import count

ROWS = 1000  # of each table, and whatever these refer to
_LINES = 20  # of a difference
_SAME = (
    "include", "exclude", "references", "on_unparseable", "on_orphan", "declare_references", "backup",
    "backup_suffix", "allow", "rewrites",
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
    with connect(url) as source:
        session = adapt(source)
        tool = programs(session.version_num // 10000)
        with scratch(url, session) as place, tempfile.TemporaryDirectory(prefix="uuidkit-rehearsal-") as folder:
            tell(Event("note", f"Rehearsing in {place.where}."))
            return _Run(url, source, plan, rows, tool, place, Path(folder), tell).result()


class _Run:
    """One rehearsal under way."""

    def __init__(
        self,
        url: str,
        source: psycopg.Connection[tuple[Any, ...]],
        plan: Plan,
        rows: int | None,
        tool: Programs,
        place: Scratch,
        folder: Path,
        tell: Progress,
    ) -> None:
        self._url = url
        self._source = source
        self._plan = plan
        self._limit = rows
        self._tool = tool
        self._place = place
        self._folder = folder
        self._tell = tell
        self._steps: list[Step] = []
        self._notes: list[str] = []
        self._tables: list[Table] = []
        self._rows = (0, 0)

    def result(self) -> Rehearsal:
        """Everything in order, up to the first step that fails."""
        differences: tuple[str, ...] = ()
        with self._step("copy"):
            self._copy()
        with connect(self._place.url) as target:
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
        return Rehearsal(self._place.where, self._rows, tuple(self._steps), differences, tuple(self._notes))

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

    def _copy(self) -> None:
        session = adapt(self._source)
        self._source.isolation_level = IsolationLevel.REPEATABLE_READ
        self._source.read_only = True
        archive = self._folder / "definitions"
        with reading(session, self._plan.request.lock_timeout) as search_path:
            schema = read_database(session, search_path)
            tables = needed(schema, self._plan)
            self._refuse(schema, tables)
            [(snapshot,)] = session.rows("SELECT pg_catalog.pg_export_snapshot()")
            self._tool.archive(self._url, archive, str(snapshot))
            self._complaints("pre-data", archive)
            self._tables = leaves(schema, tables)
            chosen = None if self._limit is None else choose(session, schema, self._plan, tables, self._limit)
            total = copied = 0
            with connect(self._place.url) as target:
                for table in self._tables:
                    query = sql.SQL("SELECT count(*) FROM ONLY {}").format(table.name.identifier)
                    total += session.rows(query)[0][0]
                    copied += copy(
                        self._source, target, table, None if chosen is None else chosen.get(table.oid, set())
                    )
                _ledger(self._source, target, schema)
            self._rows = (copied, total)
            filled = session.rows(
                """SELECT schemaname, matviewname FROM pg_catalog.pg_matviews m
                    WHERE ispopulated
                    ORDER BY pg_catalog.to_regclass(pg_catalog.format('%I.%I', schemaname, matviewname))::oid"""
            )
        self._complaints("post-data", archive)
        with connect(self._place.url) as target:
            for one in filled:
                try:
                    target.execute(sql.SQL("REFRESH MATERIALIZED VIEW {}").format(sql.Identifier(*one)))
                except psycopg.Error as error:
                    said = error.diag.message_primary or error
                    self._notes.append(f"The materialized view {TableName(*one)} is empty in the copy: {said}.")
            target.execute("ANALYZE")
        if not self._place.owners:
            self._notes.append("Owners and grants are not part of the copy: all in it belongs to the current role.")

    def _refuse(self, schema: Schema, tables: Sequence[TableName]) -> None:
        hidden = [
            name for name in tables if not schema.tables[name].readable or schema.tables[name].row_security_applies
        ]
        if hidden:
            raise RehearsalError(
                f"Rows of {', '.join(map(str, hidden))} are hidden from the current role, so that no copy can be made.",
                "Connect as the owner of the tables, or leave --rehearse out.",
            )

    def _complaints(self, section: str, archive: Path) -> None:
        found = self._tool.restore(self._place.url, archive, section, owners=self._place.owners)
        self._notes += [f"Not in the copy: {complaint}." for complaint in dict.fromkeys(found)]

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
        for table in self._tables:
            query = sql.SQL(
                "SELECT count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) "
                "FROM ONLY {} AS t"
            ).format(table.name.identifier)
            [(found,)] = target.execute(query).fetchall()
            sums[str(table.name)] = str(found)
        return self._tool.definitions(self._place.url), sums


def _ledger(source: Any, target: Any, schema: Schema) -> None:
    """The ledger's rows, whole: what was converted before counts in the copy, too."""
    for name in sorted(schema.ledger_tables):
        table = sql.Identifier("uuidkit", name)
        with source.cursor() as reading_cursor, target.cursor() as writing:
            into = sql.SQL("COPY {} FROM STDIN").format(table)
            given_out = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT").format(table)
            with reading_cursor.copy(given_out) as output, writing.copy(into) as given:
                for block in output:
                    given.write(block)
    if "conversions" in schema.ledger_tables:
        target.execute(
            "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence('uuidkit.conversions', 'id'), "
            "(SELECT max(id) FROM uuidkit.conversions))"
        )


def _differences(before: tuple[str, dict[str, str]], after: tuple[str, dict[str, str]]) -> Iterator[str]:
    lines = difflib.unified_diff(before[0].splitlines(), after[0].splitlines(), lineterm="", n=0)
    changed = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    yield from changed[:_LINES]
    if len(changed) > _LINES:
        yield f"and {count(len(changed) - _LINES, 'line')} more of the definitions"
    for table, was in before[1].items():
        if after[1][table] != was:
            yield f"the rows of {table}: {was} before, {after[1][table]} afterwards"
