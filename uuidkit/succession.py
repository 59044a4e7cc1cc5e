"""One graph after another, each in a transaction of its own: what is done to the tables between two of them is noticed.

A graph is not planned again because another one has changed tables that both have: how that one left them was read
under its locks, and the next graph finds them like that, or stops. Where the database has event triggers, what is left
need not be the graph's own work alone, and the others are planned again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import psycopg

from uuidkit.catalog.names import TableName
from uuidkit.database.session import Session
from uuidkit.errors import PlanOutdated, UuidkitError
from uuidkit.execute import Event, GraphOutcome, Progress, run, run_after
from uuidkit.explaining import sentences
from uuidkit.planning.model import Statement
from uuidkit.render.common import after_others

_REPLANS = 3  # in a row, with no graph finished between them

# Of all kinds that changes of tables can set off; that of a login cannot.
_EVENT_TRIGGERS = (
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_event_trigger WHERE evtenabled <> 'D' AND evtevent <> 'login')"
)


class Graph(Protocol):
    """The plan of one graph's change, or of its way back."""

    @property
    def remakes(self) -> frozenset[object]:
        """The objects and constraints that it takes down or makes."""

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The tables that it changes or looks texts up in."""

    @property
    def fingerprints(self) -> tuple[tuple[TableName, str], ...]:
        """(table that it locks, md5 of the catalog facts about it that it rests on)."""


AnyGraph = TypeVar("AnyGraph", bound=Graph)


@dataclass
class Succession:
    """The graphs of one command as they are finished.

    Attributes:
        attempts: how often the locks of each are tried for.
        commit: whether each is committed by itself; otherwise all happens in the caller's transaction.
        done: what has become of those that are finished.
        remade: what they have made anew since the plan of the others was made.
        left: their tables as they left them, since the plan of the others was made.
    """

    session: Session
    tell: Progress
    attempts: int
    commit: bool
    done: list[GraphOutcome] = field(default_factory=list)
    remade: set[object] = field(default_factory=set)
    left: dict[TableName, str] = field(default_factory=dict)
    _watched_by_triggers: bool | None = None
    _replans: int = 0

    def apart(self, waiting: Sequence[AnyGraph]) -> tuple[list[AnyGraph], bool]:
        """Graphs that can be done from one plan.

        They remake nothing in common. One may overtake another only where they have no table in common, so that columns
        are added to a table in the order of the plan.

        Args:
            waiting: those that are to be done, in order.

        Returns:
            The graphs, and whether they have to be planned again, as finished ones have remade what they do.
        """
        chosen: list[AnyGraph] = []
        taken: set[object] = set()
        passed: set[object] = set()
        for graph in waiting:
            own = self._remakes(graph)
            if taken & own or passed & {*own, *graph.tables}:
                passed |= {*own, *graph.tables}
            else:
                chosen.append(graph)
                taken |= own
        return chosen, bool(self.remade & taken)

    def _remakes(self, graph: Graph) -> frozenset[object]:
        if self._watched_by_triggers is None:
            with self.session.transaction():
                [(self._watched_by_triggers,)] = self.session.rows(_EVENT_TRIGGERS)
        return graph.remakes.union(graph.tables if self._watched_by_triggers else ())

    def plan_again(self, outdated: PlanOutdated) -> None:
        """Begin with what is there now: the caller makes a new plan.

        Args:
            outdated: why the plan does not hold.

        Raises:
            PlanOutdated: that one, where plans keep changing and no graph is finished between them.
        """
        self._replans += 1
        if self._replans > _REPLANS:
            raise outdated
        self.tell(Event("note", f"{outdated.message} Planning again."))
        self.remade.clear()
        self.left.clear()

    def run(
        self,
        graph: Graph,
        statements: Sequence[Statement],
        *,
        last: bool,
    ) -> None:
        """Change one graph in a transaction, or in a savepoint of the caller's, and gather statistics after it.

        Args:
            graph: its plan.
            statements: all of its statements.
            last: whether no other graph follows.

        Raises:
            PlanOutdated: the tables, or what hangs on them, are not those of the plan.
            LockNotAvailable, ConversionFailed: as for ``execute.run``.
        """
        statements = after_others(statements, graph.fingerprints, self.left)
        tables = [table for table, _ in graph.fingerprints]
        watched = () if last else tables
        with self.session.transaction():
            left = run(self.session, statements, tables, attempts=self.attempts, progress=self.tell, watched=watched)
        self.left |= left
        self.remade |= self._remakes(graph)
        self._statistics(statements)
        self._replans = 0

    def _statistics(self, statements: Sequence[Statement]) -> None:
        """What was changed stands, whether or not this succeeds."""
        try:
            with self.session.transaction():
                run_after(self.session, statements, self.tell)
        except (UuidkitError, psycopg.Error) as error:
            done = "The change itself is done" + (" and committed." if self.commit else ".")
            self.tell(Event("note", f"{done} Gathering statistics failed: {error} Run ANALYZE."))

    @contextmanager
    def finished_named(self) -> Iterator[None]:
        """Whatever ends the work: the graphs that are finished stay so, and the error names them."""
        try:
            with sentences():
                yield
        except UuidkitError as error:
            finished = self.done if self.commit else ()
            error.finished = tuple(str(column) for outcome in finished for column in outcome.columns)
            raise
